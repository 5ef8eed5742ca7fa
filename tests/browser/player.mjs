// The player by what a person sets: chapters, speed, the look of captions, keys that are off, data that are saved, the transcript.
//
// node player.mjs ADDRESS, after main.mjs at the same address and with the same settings.

import assert from 'node:assert/strict';
import { launch, links, newWindow, pictures, signIn, submit, until, video } from './chromium.mjs';

const [address] = process.argv.slice(2);
const { ORG = 'brzozow', ADA = 'ada', JAN = 'jan', PASSWORD = 'zielona kreda', COURSE = 'pierwsze-kroki' } = process.env;

const browser = await launch();
const shot = pictures('player');

async function signedIn(login) {
  const one = await newWindow(browser, address, (fault) => assert.fail(`${login}, ${fault}`));
  await signIn(one.page, `${login}@${ORG}`, PASSWORD);
  return one;
}

/** Opens the lecture; what it fetches is kept. */
async function openLecture(page, path) {
  const fetched = [];
  const heard = (request) => fetched.push(new URL(request.url()).pathname);
  page.on('request', heard);
  await page.goto(path);
  await page.locator('[data-part=controls]').waitFor();
  return fetched;
}

const films = (fetched) => fetched.filter((path) => /hls|^\/media\/|\.m3u8|\.m4s/.test(path));

/** Does `act` and waits until the server has kept the choice. */
async function kept(page, act) {
  const answered = page.waitForResponse((response) => response.url().endsWith('/films/choices'));
  await act();
  assert.equal((await answered).status(), 204, 'the choice is kept');
}

/** From now on `told` answers what the player has told screen readers: each text that came into a live region of it, with its role. */
async function hearWhatIsTold(page) {
  await page.evaluate(() => {
    window.told = [];
    for (const region of document.querySelectorAll('section.player :is([role=status], [role=alert])')) {
      const hear = () => region.textContent.trim() && window.told.push(`${region.getAttribute('role')}: ${region.textContent.trim()}`);
      new MutationObserver(hear).observe(region, { childList: true, characterData: true, subtree: true });
    }
  });
  return () => page.evaluate(() => window.told);
}

/** Waits until a live region has said something that fits. */
const isTold = (told, wanted) => until(`it is told: ${wanted}`, async () => (await told()).some((text) => wanted.test(text)))
  .catch(async (error) => assert.fail(`${error.message}; told was ${JSON.stringify(await told())}`));

// Chapters are lines in a field.
const ada = await signedIn(ADA);
await ada.page.goto(`/teaching/${COURSE}`);
const taught = (await links(ada.page, `/teaching/${COURSE}/units/`)).filter((href) => /\/units\/[^/]+$/.test(href));
await ada.page.goto(`${taught[1]}/film/chapters`);
await ada.page.fill('[name=chapters]', '00:30 Dalej\n00:00 Wstęp');
await submit(ada.page, 'form[action$="/film/chapters"]');
await ada.context.close();

const jan = await signedIn(JAN);
await jan.page.goto(`/courses/${COURSE}`);
const lecture = (await links(jan.page, `/courses/${COURSE}/`))[1];
// What it costs is known when it is made.
await until('the film is made', async () => {
  await jan.page.goto(lecture);
  await jan.page.locator('[data-part=controls]').waitFor();
  return !(await jan.page.innerText('.player')).includes('w przygotowaniu');
});
let fetched = await openLecture(jan.page, lecture);
await jan.page.waitForTimeout(500);
assert.deepEqual(films(fetched), [], 'nothing of the film is fetched before it is played');
assert.match(await jan.page.innerText('.player'), /około \d+ MB w jakości \d+p, a sam dźwięk \d+ MB/, 'what it costs stands there');
assert.equal(await jan.page.locator('.player-marks rect').count(), 2, 'two marks on the bar');
await jan.page.click('a[data-at="30000"]');
await until('the place is that of the chapter', async () => (await jan.page.textContent('[data-part=time]')).startsWith('0:30'));
await jan.page.click('[data-part=play]');
await until('the film plays in the chapter', async () => (await video(jan.page, 'currentTime')) > 30.5);
await until('the chapter is marked', () => jan.page.locator('a[data-at="30000"][aria-current]').count());
assert.equal(await jan.page.locator('a[data-at][aria-current]').count(), 1, 'and no other');
// The region is there before anything is said in it, or some screen readers say nothing.
assert.equal(await jan.page.locator('.player-stage').getByRole('status').count(), 1, 'a live region');
const told = await hearWhatIsTold(jan.page);
for (const [value, speed, said] of [['50', 0.5, /^status: Szybkość 0,5×$/], ['300', 3, /^status: Szybkość 3×$/]]) {
  await jan.page.selectOption('[data-part=speed-list]', value);
  assert.deepEqual([await video(jan.page, 'playbackRate'), await video(jan.page, 'preservesPitch')], [speed, true], `${speed}×, same pitch`);
  await isTold(told, said);
}
await jan.page.click('[data-part=play]');
await until('the film stands', () => video(jan.page, 'paused'));

// Above the bar stands a picture of the place under the pointer, from the film's own key pictures.
assert.ok(await jan.page.evaluate(() => 'VideoDecoder' in window), 'this Chromium has no VideoDecoder: the preview cannot be tried');
await jan.page.locator('.player-bar').scrollIntoViewIfNeeded();
const bar = await jan.page.locator('.player-bar').boundingBox();
const rest = (share) => jan.page.mouse.move(bar.x + bar.width * share, bar.y + bar.height / 2);
await rest(0.9);
await until('a picture stands above the bar', async () => {
  await rest(0.88 + Math.random() / 50);
  await jan.page.waitForTimeout(200);
  return jan.page.locator('.player-peek[data-shown]:visible').count();
});
assert.match(await jan.page.innerText('.player-peek'), /^0:5\d$/, 'with its time');
await shot(jan.page, 'peek');
await jan.page.mouse.move(0, 0);

// The transcript is a list that can be searched and a page that can be printed.
await jan.page.fill('[data-part=search]', 'zdanie 7');
await until('one line is left', async () => (await jan.page.locator('[data-part=lines] li:visible').count()) === 1);
await jan.page.fill('[data-part=search]', '');

// How captions look, and keys that are off.
await jan.page.focus('[data-part=play]');
await jan.page.keyboard.press('?');
await jan.page.locator('[data-part=help][open]').waitFor();
await kept(jan.page, () => jan.page.selectOption('[data-part=caption-size]', 'largest'));
await kept(jan.page, () => jan.page.selectOption('[data-part=caption-colour]', 'yellow'));
await shot(jan.page, 'choices');
await kept(jan.page, () => jan.page.uncheck('[data-part=shortcuts]'));
await jan.page.click('[data-do=close]');
await jan.page.focus('[data-part=play]');
await jan.page.keyboard.press('m');
assert.equal(await video(jan.page, 'muted'), false, 'm does nothing any more');
await jan.page.goto(await jan.page.getAttribute('a[href*="/transcript"]', 'href'));
assert.match(await jan.page.innerText('main'), /Wstęp[\s\S]*Zdanie 0[\s\S]*Dalej[\s\S]*Zdanie 7/, 'the transcript under its chapters');
await shot(jan.page, 'transcript');
await jan.context.close();

// In another browser it is the same person.
const again = await signedIn(JAN);
await openLecture(again.page, lecture);
assert.equal(await again.page.getAttribute('section.player', 'data-size'), 'largest');
assert.equal(await again.page.getAttribute('section.player', 'data-colour'), 'yellow');
assert.equal(await again.page.inputValue('[data-part=speed-list]'), '300', 'as fast as there');
await kept(again.page, () => again.page.selectOption('[data-part=speed-list]', '100'));
await again.page.focus('[data-part=play]');
await again.page.keyboard.press('m');
assert.equal(await video(again.page, 'muted'), false, 'keys are off here too');

// Saving data: nothing ahead of the first play, and then the smallest picture.
await again.page.goto('/account/films');
await again.page.check('[name=data_saver][value=on]');
await again.page.check('[name=shortcuts]');
await submit(again.page, 'form[action="/account/films"]');
fetched = await openLecture(again.page, lecture);
await again.page.focus('[data-part=play]');
await again.page.waitForTimeout(500);
assert.deepEqual(films(fetched), [], 'not even the script is fetched ahead');
await again.page.click('[data-part=play]');
await until('the film plays', async () => (await again.page.$$eval('[data-part=quality-list] option', (all) => all.length)) > 2
  && !(await video(again.page, 'paused')));
const heights = await again.page.$$eval('[data-part=quality-list] option', (all) => all.map((one) => Number(one.value)).filter(Boolean));
assert.equal(Number(await again.page.inputValue('[data-part=quality-list]')), Math.min(...heights), `the smallest of ${heights}`);
await again.page.keyboard.press('m');
await until('keys are on again', () => video(again.page, 'muted'));
await again.context.close();

// What belongs to the machine is remembered in the browser for each person: whoever signs in next at the same computer has their own.
const shared = await signedIn(JAN);
await openLecture(shared.page, lecture);
await shared.page.$eval('[data-part=volume]', (volume) => {
  volume.value = '35';
  volume.dispatchEvent(new Event('input', { bubbles: true }));
});
await shared.page.click('[data-part=mute]');
await openLecture(shared.page, lecture);
assert.deepEqual([await shared.page.inputValue('[data-part=volume]'), await video(shared.page, 'muted')], ['35', true], 'it is remembered');
await shared.context.clearCookies();
await signIn(shared.page, `iga@${ORG}`, PASSWORD);
await openLecture(shared.page, lecture);
assert.deepEqual([await shared.page.inputValue('[data-part=volume]'), await video(shared.page, 'muted')], ['100', false], 'and not shared');
await shared.context.close();

// Beside the film: notes at a time. The place is filled in, nothing is loaded anew, and a note leads back to its moment.
const pocket = await signedIn(JAN);
const { page } = pocket;
await openLecture(page, lecture);
await page.click('#notes > summary');
await page.focus('#notes [name=note]');
assert.match(await page.inputValue('#notes [name=at]'), /^\d+:\d\d$/, 'the place is filled in');
await page.evaluate(() => { window.stays = true; });
for (const [at, text, said] of [['kiedyś', 'Zapamiętać', 'Podaj miejsce'], ['0:20', 'Zapamiętać', 'Notatka dodana']]) {
  await page.fill('#notes [name=at]', at);
  await page.fill('#notes [name=note]', text);
  await page.click('#notes form.form [type=submit]');
  await until(said, async () => (await page.textContent('[data-notes-said]')).includes(said));
}
assert.equal(await page.evaluate(() => window.stays), true, 'the page was not left');
await page.click('a[data-go="20000"]');
await until('the place is that of the note', async () => (await page.textContent('[data-part=time]')).startsWith('0:20'));

// A note is changed where it stands, while another one is being written.
await page.fill('#notes > form [name=note]', 'Jeszcze niewysłana');
await page.click('#notes li a[data-edit]');
await page.fill('#notes li [name=note]', '');
await page.click('#notes li form.form [type=submit]');
await until('a note says something', async () => (await page.textContent('[data-notes-said]')).includes('Wpisz treść'));
await page.fill('#notes li [name=note]', 'Zapamiętać na długo');
await page.click('#notes li form.form [type=submit]');
await until('Notatka zmieniona', async () => (await page.textContent('[data-notes-said]')).includes('Notatka zmieniona'));
assert.match(await page.textContent('#notes li'), /Zapamiętać na długo/);
assert.equal(await page.inputValue('#notes > form [name=note]'), 'Jeszcze niewysłana');
await page.fill('#notes > form [name=note]', '');

// The keys that people know, and the picture in a window of its own where the browser has one.
await page.focus('[data-part=play]');
for (const [key, speed] of [['>', '125'], ['<', '100'], ['<', '75'], ['>', '100']]) {
  await page.keyboard.press(key);
  assert.equal(await page.inputValue('[data-part=speed-list]'), speed, key);
}
await page.keyboard.press('5');
await until('5 is the middle', async () => (await page.textContent('[data-part=time]')).startsWith('0:30'));
const [offers, shown] = await page.evaluate(() => [document.pictureInPictureEnabled, !document.querySelector('[data-part=small]').hidden]);
assert.equal(shown, offers, 'a picture of its own is offered where there is one');
assert.match(await page.innerText('[data-meter-said]'), /około \d+ MB/, 'what films cost this month');

// A limit that is used up: the smallest picture, and a sentence. It is kept on this device and sent nowhere.
await page.goto('/account/films');
await page.check('[name=data_saver][value=off]');
await submit(page, 'form[action="/account/films"]');
await openLecture(page, lecture);
assert.equal(await page.inputValue('[data-part=quality-list]'), '', 'as good as the line allows');
await page.goto('/account/films');
await page.fill('[data-meter-limit]', '1');
await page.click('[data-meter-save]');
await page.evaluate(() => localStorage.setItem('tablica.meter', `${new Date().getFullYear()}-${new Date().getMonth() + 1} 1000001`));
await openLecture(page, lecture);
await until('the limit is told', async () => (await page.innerText('[data-meter-over]')).includes('Limit 1 MB'));
await openLecture(page, lecture);
await until('the smallest picture is chosen', async () => (await page.inputValue('[data-part=quality-list]')) === '240');
await page.evaluate(() => { for (const name of ['meter', 'meter.limit', 'meter.over']) localStorage.removeItem(`tablica.${name}`); });

// By keyboard alone, from the first stop of the page on: nothing is clicked and no list is set by a script.
const keys = await signedIn(JAN);
await openLecture(keys.page, lecture);
const press = (...names) => names.reduce((before, name) => before.then(() => keys.page.keyboard.press(name)), Promise.resolve());
const focused = () => keys.page.evaluate(() => document.activeElement?.dataset.part ?? '');
const film = () => keys.page.$eval('[data-part=video]', ({ currentTime, paused, ended, playbackRate, videoWidth, videoHeight }) =>
  ({ currentTime, paused, ended, playbackRate, videoWidth, videoHeight }));

/** Goes on by Tab, or back by Shift+Tab, until that part of the player has the focus. */
async function tabTo(name, key = 'Tab') {
  for (let stop = 0; stop < 100; stop += 1) {
    if ((await focused()) === name) return;
    await press(key);
  }
  assert.fail(`${key} never comes to ${name}`);
}

/** From its beginning the film runs on, and the focus is where it was; a busy machine takes its time, and the film has only a minute. */
async function fromTheBeginning() {
  const chooses = (await focused()) === 'quality-list';
  await tabTo('play', chooses ? 'Shift+Tab' : 'Tab');
  await press('0');
  await until('the film stands at its beginning', async () => (await film()).currentTime < 30);
  if ((await keys.page.getAttribute('[data-part=play]', 'data-state')) === 'off') await press('k');
  if (chooses) await tabTo('quality-list');
}

/** The film goes on with what `holds` says of it, and does not merely stand there. */
async function plays(what, holds) {
  let since = NaN;
  await until(what, async () => {
    const now = await film();
    if (now.ended) await fromTheBeginning();
    if (now.paused || !holds(now)) since = NaN;
    else if (!(now.currentTime >= since)) since = now.currentTime;
    return now.currentTime - since > 1;
  });
}

/** Chooses in the list that has the focus, by its arrows. */
async function choose(value) {
  const list = () => keys.page.$eval('[data-part=quality-list]', (one) => [one.value, [...one.options].map((option) => option.value)]);
  const [now, offered] = await list();
  const way = offered.indexOf(value) - offered.indexOf(now);
  assert.ok(offered.includes(value) && way !== 0, `${value} is another one of ${offered}, not ${now}`);
  for (let step = 0; step < Math.abs(way); step += 1) await press(way > 0 ? 'ArrowDown' : 'ArrowUp');
  assert.equal((await list())[0], value, 'arrows choose in the list');
}

await tabTo('play');
await press('Space');
await until('the film is loaded', async () => (await keys.page.locator('[data-part=quality-list] option').count()) >= 4);
await fromTheBeginning();
await plays('it plays', ({ videoHeight }) => videoHeight > 0);
await press('f');
await until('the player fills the screen', () => keys.page.evaluate(() => document.fullscreenElement?.dataset.part === 'frame'));
assert.equal(await focused(), 'play', 'the focus stays where it was');
await press('f');
await until('and no longer', () => keys.page.evaluate(() => document.fullscreenElement === null));
for (const [key, speed] of [['>', 1.25], ['<', 1], ['<', 0.75], ['>', 1]]) {
  await press(key);
  assert.equal((await film()).playbackRate, speed, `${key}: the speed`);
}
const heard = await hearWhatIsTold(keys.page);
await press('c');
await isTold(heard, /^status: Napisy: (?!Wyłączone)\S/);
assert.equal(await keys.page.$eval('track', ({ track }) => track.mode), 'showing', 'c shows captions');
assert.equal(await keys.page.getAttribute('[data-part=captions]', 'aria-pressed'), 'true');
await until('a caption is on the picture', async () => {
  if ((await film()).ended) await fromTheBeginning();
  return keys.page.$eval('track', ({ track }) => /Zdanie \d+/.test(track.activeCues?.[0]?.text ?? ''));
});
await press('c');
assert.equal(await keys.page.$eval('track', ({ track }) => track.mode), 'disabled', 'and c takes them away');
await isTold(heard, /^status: Napisy: Wyłączone$/);

const lines = await keys.page.$$eval('[data-part=quality-list] option', (all) => all.map((one) => Number(one.value)).filter(Boolean));
const [most, least] = [Math.max(...lines), Math.min(...lines)];
assert.ok(most > least, `there are pictures to choose from: ${lines}`);
await tabTo('quality-list');
for (const wanted of [least, most]) {
  await fromTheBeginning();
  await choose(String(wanted));
  await plays(`${wanted} lines are shown`, ({ videoHeight }) => videoHeight === wanted);
}
await fromTheBeginning();
await choose('sound');
await plays('the sound goes on without a picture', ({ videoWidth }) => videoWidth === 0);
assert.equal(await focused(), 'quality-list', 'the focus stays in the list');
await choose(String(least));
await plays('the picture is back', ({ videoHeight }) => videoHeight === least);
await fromTheBeginning();
await tabTo('play', 'Shift+Tab');
await press('k');
await until('k stops it', async () => (await film()).paused);

/** The picture into a window of its own, or back, by keys. */
async function pressOwnWindow() {
  await press('?');
  await keys.page.locator('[data-part=help][open]').waitFor();
  await tabTo('pip');
  await press('Enter');
}
// It comes, or it is said that the browser refuses; the film is the same afterwards.
if (await keys.page.evaluate(() => document.pictureInPictureEnabled)) {
  const inOwnWindow = () => keys.page.evaluate(() => document.pictureInPictureElement?.dataset.part);
  const refused = async () => (await heard()).some((text) => text.startsWith('status: Obrazu nie można teraz pokazać'));
  await pressOwnWindow();
  await until('there is a window of its own, or it is said that there is none', async () => (await inOwnWindow()) || refused());
  if (await inOwnWindow()) {
    assert.equal(await inOwnWindow(), 'video');
    await until('the button is pressed in', async () => (await keys.page.getAttribute('[data-part=pip]', 'aria-pressed')) === 'true');
    await pressOwnWindow();
    await until('the picture is back', async () => !(await inOwnWindow()));
    await until('and the button says so', async () => (await keys.page.getAttribute('[data-part=pip]', 'aria-pressed')) === 'false');
  } else {
    console.log('this Chromium refuses picture-in-picture, and the page says so');
  }
  assert.equal(await keys.page.locator('[data-part=help][open]').count(), 0, 'the list of keys is closed');
  await tabTo('play');
  await press('0');
  await press('k');
  await plays('it plays on', ({ videoHeight }) => videoHeight > 0);
}
await keys.context.close();

// What goes wrong is told at once: the line to the film, and a browser that refuses a window of its own.
const unlucky = await newWindow(browser, address, (fault) => assert.fail(`unlucky, ${fault}`));
await unlucky.context.addInitScript(() => {
  Object.defineProperty(Document.prototype, 'pictureInPictureEnabled', { get: () => true });
  HTMLVideoElement.prototype.requestPictureInPicture = () => Promise.reject(new DOMException('refused', 'NotAllowedError'));
});
await signIn(unlucky.page, `${JAN}@${ORG}`, PASSWORD);
await openLecture(unlucky.page, lecture);
const bad = await hearWhatIsTold(unlucky.page);
const playlists = (url) => url.pathname.endsWith('.m3u8');
await unlucky.page.route(playlists, (route) => route.fulfill({ status: 503 }));
await unlucky.page.click('[data-part=play]');
await isTold(bad, /^alert: Brak połączenia/);
assert.ok(await unlucky.page.isVisible('[data-part=failure]'), 'and stands there');
await unlucky.page.unroute(playlists);
await until('the film goes on by itself', async () => (await video(unlucky.page, 'currentTime')) > 0 && !(await video(unlucky.page, 'paused'))
  && (await unlucky.page.textContent('[data-part=failure]')) === '');
await unlucky.page.focus('[data-part=play]');
await unlucky.page.keyboard.press('?');
await unlucky.page.click('[data-part=pip]');
await isTold(bad, /^status: Obrazu nie można teraz pokazać w osobnym oknie/);
await unlucky.context.close();

// Taken along: the smallest picture with captions, played without a network out of the browser alone.
await openLecture(page, lecture);
await page.locator('[data-take]:not([hidden]) > summary').click();
await page.getByLabel(/^Obraz \d+p/).first().check();
await page.click('[data-take-start]');
await until('the film is kept', async () => /do \d\d\.\d\d\.\d{4}/.test(await page.textContent('[data-take-said]')));
await shot(page, 'taken');
await until('the worker is awake', () => page.evaluate(async () =>
  Boolean((await navigator.serviceWorker.getRegistration('/kept/films'))?.active)));
const others = await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).map((one) => new URL(one.scope).pathname));
assert.deepEqual(others, ['/kept/'], 'it sees no other page');
const shell = await page.evaluate(async () =>
  (await (await caches.open('kept-shell')).keys()).map((one) => new URL(one.url).pathname));
assert.ok(shell.every((path) => path.startsWith('/assets/') || path === '/kept/films'), `no page of a person is kept: ${shell}`);
await page.goto('/kept/films');
await page.locator('[data-kept-list] h2').waitFor();
await pocket.context.setOffline(true);
await page.reload();
await page.locator('[data-kept-list] [data-kept-play]').first().waitFor();
const pieces = [];
page.on('response', (answer) => {
  if (new URL(answer.url()).pathname.startsWith('/kept/media/')) pieces.push([answer.fromServiceWorker(), answer.status()]);
});
await page.click('[data-kept-play]');
await until('the kept film plays', () => page.$eval('[data-kept-video]', (video) => video.currentTime > 1 && video.videoHeight > 0));
assert.ok(pieces.length > 3 && pieces.every(([ours, status]) => ours && status === 200), `out of the browser: ${JSON.stringify(pieces)}`);
assert.equal(await page.$eval('[data-kept-video]', (video) => video.textTracks.length), 1, 'with its captions');
await shot(page, 'kept-offline');
// With a network again what was played is told.
await page.click('[data-kept-play]');
await until('two seconds were played', () => page.evaluate(() => Object.entries(localStorage)
  .filter(([name]) => name.startsWith('tablica.kept.')).some(([, text]) => JSON.parse(text).seen.some(([from, to]) => to - from > 1500))));
const reported = page.waitForResponse((answer) => answer.url().endsWith('/progress') && answer.request().method() === 'POST');
await pocket.context.setOffline(false);
await page.goto('/kept/films');
assert.equal((await reported).status(), 204, 'what was seen without a network is told');
// Nothing of what is told from here on was begun before.
await page.waitForLoadState('networkidle');
await page.goto('about:blank');
await page.goto('/kept/films');
await page.waitForLoadState('networkidle');

// Of a film that was made anew or cut since it was kept nothing is told: its moments are others.
const toldOfAnother = [];
page.on('request', (request) => { if (request.url().endsWith('/progress')) toldOfAnother.push(request.url()); });
await page.evaluate(async () => {
  const name = (await caches.keys()).find((one) => one.startsWith('kept-') && one !== 'kept-shell');
  const cache = await caches.open(name);
  const request = (await cache.keys()).find((one) => one.url.endsWith('/about.json'));
  const about = { ...await (await cache.match(request)).json(), version: 1 };
  localStorage.setItem(`tablica.kept.${name.slice('kept-'.length)}.${about.film}.1`, JSON.stringify({ at: 0, seen: [[0, 3000]] }));
  await cache.put(request, new Response(JSON.stringify(about), { headers: { 'content-type': 'application/json' } }));
});
const askedAgain = page.waitForResponse((answer) => answer.url().endsWith('/keep'));
await page.goto('/kept/films');
await askedAgain;
await page.waitForTimeout(500);
assert.deepEqual(toldOfAnother, []);

// Whoever signs out leaves nothing behind.
await page.goto('/');
await Promise.all([
  page.waitForNavigation({ waitUntil: 'load' }),
  page.evaluate(() => document.querySelector('form[action="/sign-out"]').submit()),
]);
await until('nothing is kept any more', () => page.evaluate(async () => {
  const [names, workers] = [await caches.keys(), await navigator.serviceWorker.getRegistrations()];
  return !names.some((name) => name.startsWith('kept-')) && workers.length === 0;
}));
await pocket.context.close();

// An interpreter beside the film: another film runs with this one, within a tenth of a second; its window is moved by keys.
const sees = await signedIn(JAN);
await openLecture(sees.page, lecture);
await sees.page.click('[data-companion=sign_language]');
const small = sees.page.locator('.companion-window');
await small.waitFor();
await sees.page.click('[data-part=play]');
const drift = () => sees.page.$eval('.companion-window video', (video) => (video.paused ? NaN : Math.abs(Number(video.dataset.drift))));
await until('both play', async () => (await video(sees.page, 'currentTime')) > 0.5 && (await drift()) < 0.1);
// A busy machine drops pictures of either now and then: what counts is that they find each other again and stay together.
let together = 0;
await until('they stay within a tenth of a second', async () => {
  await sees.page.$eval('[data-part=video]', (video) => {
    if (!video.ended) return undefined;
    video.currentTime = 0;
    return video.play();
  });
  together = (await drift()) < 0.1 ? together + 1 : 0;
  return together >= 10;
}, 300_000);
await small.focus();
const where = () => small.evaluate((one) => [parseFloat(one.style.left), parseFloat(one.style.width)]);
const [left, width] = await where();
const reached = await video(sees.page, 'currentTime');
await sees.page.keyboard.press('ArrowLeft');
assert.ok((await where())[0] < left, 'an arrow moves it');
await sees.page.keyboard.press('-');
assert.ok((await where())[1] < width, 'minus makes it smaller');
assert.ok((await video(sees.page, 'currentTime')) >= reached, 'its arrows are not the player’s');
await shot(sees.page, 'sign-language');
await sees.page.click('[data-companion=sign_language]');
assert.equal(await small.count(), 0, 'it is put away');
await sees.context.close();

// A page whose film was replaced meanwhile stops, says so, and is loaded anew when the person wishes.
const late = await signedIn(JAN);
await openLecture(late.page, lecture);
assert.ok(!(await late.page.isVisible('[data-part=changed]')), 'nothing has changed yet');
await late.page.route('**/progress', (route) => route.fulfill({ status: 409 }));
await late.page.click('[data-part=play]');
await until('the film has changed', () => late.page.isVisible('[data-part=changed]'));
assert.ok(await video(late.page, 'paused'), 'it plays on in vain');
const anew = late.page.waitForNavigation({ waitUntil: 'load' });
await late.page.click('[data-do=reload]');
await anew;
assert.ok(!(await late.page.isVisible('[data-part=changed]')), 'the page is a new one');
await late.context.close();
await browser.close();
