// The player by keys, fingers and two languages; what it fetches before it is played and ahead of it; what the meter counts; audio
// description in step; films that were taken along and are too old.
//
// node player_more.mjs ADDRESS [STORE], after the stage of player_more.rs. With STORE (the origin that films come straight from) only what
// that changes is tried.

import assert from 'node:assert/strict';
import { launch, newWindow, pictures, signIn, until, video } from './chromium.mjs';

const [address, store] = process.argv.slice(2);
const { ORG = 'brzozow', JAN = 'jan', PASSWORD = 'zielona kreda' } = process.env;
const LECTURE = '/courses/kurs-z-filmem/wyklad';
/** Seconds that may lie ahead, and a segment that was begun when they did not yet: `SETTINGS` and `SAVING` of the player. */
const AHEAD = 60 + 6;
const AHEAD_SAVING = 20 + 6;
/** Seconds by which the end of a segment may lie off its whole second. */
const ROUNDED = 0.5;

const browser = await launch();
const shot = pictures('player-more');

async function signedIn(settings = {}) {
  const { context, page } = await newWindow(browser, address, assert.fail, settings);
  page.on('console', (message) => {
    if (message.type() === 'error') assert.doesNotMatch(message.text(), /Content Security Policy|CORS policy|panicked/i);
  });
  await signIn(page, `${JAN}@${ORG}`, PASSWORD);
  return { context, page };
}

const near = (page, seconds) => until(`the place is ${seconds} s`, async () =>
  Math.abs((await video(page, 'currentTime')) - seconds) < 0.3);

/** Opens the lecture with the focus on its first button; what it fetches is kept. */
async function open(page) {
  const fetched = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await page.goto(LECTURE);
  await page.locator('[data-part=controls]').waitFor();
  await page.focus('[data-part=play]');
  return fetched;
}

const play = (page) => page.click('[data-part=play]');

async function pause(page) {
  if (!(await video(page, 'paused'))) await play(page);
  await until('the film stands', () => video(page, 'paused'));
}

/** What goes over the wire for addresses of films, as the browser counts it below the page. */
async function scale({ context, page }) {
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  const flying = new Set();
  const seen = { bytes: 0, last: Date.now() };
  const ended = (id, bytes) => {
    if (!flying.delete(id)) return;
    seen.bytes += bytes;
    seen.last = Date.now();
  };
  wire.on('Network.requestWillBeSent', ({ requestId, request, redirectResponse }) => {
    if (redirectResponse) {
      if (flying.has(requestId)) seen.bytes += redirectResponse.encodedDataLength;
    } else if (request.method === 'GET' && request.url.startsWith(address)
      && /^\/(media|films)\//.test(new URL(request.url).pathname)) {
      flying.add(requestId);
      seen.last = Date.now();
    }
  });
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => ended(requestId, encodedDataLength));
  wire.on('Network.loadingFailed', ({ requestId }) => ended(requestId, 0));
  seen.quiet = () => until('all is fetched', () => flying.size === 0 && Date.now() - seen.last > 3000);
  return seen;
}

/** The most seconds that lay ahead of the place, from now on, in `window.mostAhead`. */
const watchAhead = (page) => page.evaluate(() => {
  const film = document.querySelector('[data-part=video]');
  window.mostAhead = 0;
  setInterval(() => {
    const { buffered } = film;
    if (buffered.length) window.mostAhead = Math.max(window.mostAhead, buffered.end(buffered.length - 1) - film.currentTime);
  }, 50);
});

/** Plays some seconds from the beginning, stands still, waits until `least` seconds lie ahead and nothing more is fetched: how many did? */
async function playSome(page, wire, least) {
  await page.keyboard.press('0');
  await watchAhead(page);
  await play(page);
  await until('three seconds are played', async () => (await video(page, 'currentTime')) > 3);
  await pause(page);
  const most = () => page.evaluate(() => window.mostAhead);
  await until(`${least} s lie ahead`, async () => (await most()) > least);
  await wire.quiet();
  return most();
}

/** Holds the meter against the wire. */
async function isCounted(page, wire) {
  assert.ok(wire.bytes > 500_000, `${wire.bytes} bytes are too few to tell anything`);
  const counted = () => page.evaluate(() => Number((localStorage.getItem('tablica.meter') ?? '').split(' ')[1] ?? 0));
  const all = await until('the meter has what went over the wire', async () => {
    const now = await counted();
    return now > wire.bytes * 0.9 && now;
  }).catch(async (error) => assert.fail(`${error.message}: ${await counted()} of ${wire.bytes} bytes`));
  assert.ok(all < wire.bytes * 1.1, `the meter says ${all}, the wire ${wire.bytes} bytes`);
  assert.match(await page.innerText('[data-meter-said]'), /około \d+ MB/);
}

/** As everybody watches: at most a minute ahead and a segment, and every byte is counted. */
async function asEverybody() {
  const { context, page } = await signedIn();
  const straight = [];
  page.on('response', (answer) => {
    const { origin, pathname } = new URL(answer.url());
    if (pathname.endsWith('.m4s')) straight.push([origin, answer.status()]);
  });
  const wire = await scale({ context, page });
  await open(page);
  const most = await playSome(page, wire, 15);
  assert.ok(most <= AHEAD + ROUNDED, `${most} s lay ahead`);
  await isCounted(page, wire);
  if (store) {
    const bytes = straight.filter(([origin]) => origin === store);
    assert.ok(bytes.length > 5 && bytes.every(([, status]) => status === 200), `from the store: ${JSON.stringify(straight)}`);
    const ours = straight.filter(([origin]) => origin !== store);
    assert.ok(ours.every(([, status]) => status === 302), `none of them through the program: ${JSON.stringify(ours)}`);
    assert.ok((await video(page, 'videoHeight')) > 0, 'there is a picture');
  }
  await shot(page, store ? 'straight' : 'meter');
  await context.close();
}

/** On a line that is paid by the byte nothing of the film is fetched before it is played, and then little ahead. */
async function paidByTheByte() {
  const { context, page } = await signedIn();
  await context.addInitScript(() => Object.defineProperty(navigator, 'connection', {
    configurable: true, value: Object.assign(new EventTarget(), { type: 'cellular' }),
  }));
  const wire = await scale({ context, page });
  const fetched = await open(page);
  assert.equal(await page.evaluate(() => navigator.connection.type), 'cellular');
  await page.locator('.player-bar').hover();
  await page.waitForTimeout(1000);
  assert.deepEqual(fetched.filter((path) => /hls|^\/media\/|\.m3u8|\.m4s|plain\.mp4/.test(path)), [], 'nothing before it is played');
  await page.focus('[data-part=play]');
  const most = await playSome(page, wire, 5);
  assert.ok(most <= AHEAD_SAVING + ROUNDED, `${most} s lay ahead`);
  await context.close();
}

/** Every key that the list of keys names for places and sound, the transcript, and captions in two languages. */
async function byKeys() {
  const { context, page } = await signedIn();
  await open(page);
  await play(page);
  await until('the film plays', async () => !(await video(page, 'paused')) && (await video(page, 'readyState')) > 2);
  await pause(page);
  await page.focus('[data-part=play]');
  const keys = [['0', 0], ['l', 10], ['L', 20], ['j', 10], ['ArrowRight', 15], ['ArrowLeft', 10], ['J', 0]];
  for (const [key, seconds] of keys) {
    await page.keyboard.press(key);
    await near(page, seconds);
  }
  const length = await video(page, 'duration');
  assert.ok(length > 129 && length < 131, `${length} s`);
  for (const tenth of [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]) {
    await page.keyboard.press(String(tenth));
    await near(page, (length * tenth) / 10);
  }
  for (const muted of [true, false]) {
    await page.keyboard.press('m');
    assert.equal(await video(page, 'muted'), muted, `m: muted is ${muted}`);
    assert.equal(await page.getAttribute('[data-part=mute]', 'data-state'), muted ? 'on' : 'off');
  }

  // The transcript: a click jumps and marks, and the mark goes on with the film.
  await page.click('a[data-start="60000"]');
  await near(page, 60);
  const marked = () => page.$$eval('a[data-start][aria-current]', (all) => all.map((line) => Number(line.dataset.start) / 1000));
  assert.deepEqual(await marked(), [60]);
  await page.selectOption('[data-part=speed-list]', '200');
  await play(page);
  await until('the mark goes on', async () => (await marked())[0] >= 70);
  await pause(page);
  const [line, ...more] = await marked();
  const at = await video(page, 'currentTime');
  assert.ok(more.length === 0 && line <= at + 0.1 && at < line + 6, `the line of ${line} s is marked at ${at} s`);
  await page.selectOption('[data-part=speed-list]', '100');

  // Captions: one language, the other one, none.
  const modes = () => page.$$eval('track', (all) => Object.fromEntries(all.map((one) => [one.srclang, one.track.mode])));
  const isShown = async (language) => Object.entries(await modes()).every(([of, mode]) => (mode === 'showing') === (of === language));
  const says = (language) => page.$eval(`track[srclang=${language}]`, (one) => one.track.cues?.[0]?.text ?? '');
  assert.deepEqual(Object.keys(await modes()).sort(), ['en', 'pl']);
  for (const [label, language, words] of [['English', 'en', /^Sentence 0/], ['Polski', 'pl', /^Zdanie 0/]]) {
    await page.selectOption('[data-part=caption-list]', { label });
    await until(`captions are in ${language}`, () => isShown(language));
    await until(`they say ${words}`, async () => words.test(await says(language)));
  }
  await page.selectOption('[data-part=caption-list]', { label: 'English' });
  await shot(page, 'captions');
  await page.focus('[data-part=play]');
  await page.keyboard.press('c');
  await until('no captions', () => isShown('none'));
  await page.keyboard.press('c');
  await until('those of before are back', () => isShown('en'));
  await context.close();
}

/** A finger on the picture plays and stops. */
async function byFingers() {
  const { context, page } = await signedIn({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } });
  await open(page);
  await page.locator('[data-part=video]').tap();
  await until('a finger plays', async () => !(await video(page, 'paused')) && (await video(page, 'readyState')) > 2);
  await page.locator('[data-part=video]').tap();
  await until('a finger stops', () => video(page, 'paused'));
  await context.close();
}

/** Audio description: the sound of another film in place of this one's, within a tenth of a second. */
async function described() {
  const { context, page } = await signedIn();
  await open(page);
  await page.keyboard.press('0');
  await page.click('[data-companion=audio_description]');
  await play(page);
  const other = (what) => page.$eval('[data-companions] video', (media, what) => media[what], what);
  const drift = () => page.$eval('[data-companions] video', (media) =>
    (media.paused || media.readyState < 2 ? NaN : Math.abs(Number(media.dataset.drift))));
  await until('both run', async () => (await video(page, 'currentTime')) > 0.5 && (await drift()) < 0.1);
  // A busy machine holds either up now and then: what counts is that they find each other again and stay together.
  let together = 0;
  await until('they stay within a tenth of a second', async () => {
    await page.$eval('[data-part=video]', (video) => {
      if (!video.ended) return undefined;
      video.currentTime = 0;
      return video.play();
    });
    together = (await drift()) < 0.1 ? together + 1 : 0;
    return together >= 10;
  });
  assert.deepEqual([await video(page, 'volume'), await other('volume')], [0, 1], 'the other sound is heard, and this one is not');
  assert.equal(await other('videoWidth'), 0, 'of the other film no picture is fetched');
  await page.focus('[data-part=play]');
  await page.keyboard.press('m');
  await until('both are silent', () => other('muted'));
  await page.keyboard.press('m');
  await until('it is heard again', async () => !(await other('muted')));
  await pause(page);
  await until('the other stands as well', () => other('paused'));
  await page.click('[data-companion=audio_description]');
  assert.equal(await page.locator('[data-companions] video').count(), 0, 'it is put away');
  assert.equal(await video(page, 'volume'), 1, 'its own sound is back');
  await context.close();
}

/** What was taken along and is too old is gone: from the list, and its bytes from the browser. */
async function tooOld() {
  const { context, page } = await signedIn();
  await open(page);
  await page.locator('[data-take]:not([hidden]) > summary').click();
  await page.getByLabel(/^Obraz \d+p/).first().check();
  await page.click('[data-take-start]');
  await until('the film is kept', async () => /do \d\d\.\d\d\.\d{4}/.test(await page.textContent('[data-take-said]')));
  const pieces = () => page.evaluate(async () => {
    const all = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) all.push(new URL(url).pathname);
    }
    return all.filter((path) => path.startsWith('/kept/media/'));
  });
  assert.ok((await pieces()).length > 20, 'it lies in the browser');
  await page.goto('/kept/films');
  await page.locator('[data-kept-list] [data-kept-play]').waitFor();
  await page.evaluate(async () => {
    const name = (await caches.keys()).find((one) => one.startsWith('kept-') && one !== 'kept-shell');
    const cache = await caches.open(name);
    const request = (await cache.keys()).find((one) => one.url.endsWith('/about.json'));
    const about = { ...await (await cache.match(request)).json(), until: Date.now() - 1000 };
    await cache.put(request, new Response(JSON.stringify(about), { headers: { 'content-type': 'application/json' } }));
  });
  await page.goto('/kept/films');
  await page.locator('[data-kept-empty]:not([hidden])').waitFor();
  assert.equal(await page.locator('[data-kept-list] li').count(), 0, 'nothing is listed');
  assert.deepEqual(await pieces(), [], 'no byte is left');
  await shot(page, 'kept-too-old');
  await context.close();
}

await asEverybody();
if (!store) {
  await paidByTheByte();
  await byKeys();
  await byFingers();
  await described();
  await tooOld();
}
await browser.close();
