// The main flow of a course, by keyboard and mouse: write it, send a film over a broken line, publish, learn, follow.
//
// node main.mjs ADDRESS FILM.mp4 CAPTIONS.vtt
// Settings: ORG, ADA, JAN, OLA, PASSWORD, GROUP, COURSE (its name in addresses), SHOTS (folder for pictures).

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import { launch, newWindow, pictures, signIn, submit, until, video } from './chromium.mjs';

const [address, filmFile, captionsFile] = process.argv.slice(2);
const {
  ORG = 'brzozow', ADA = 'ada', JAN = 'jan', OLA = 'ola', PASSWORD = 'zielona kreda', GROUP = 'Redaktorzy',
  COURSE = 'pierwsze-kroki',
} = process.env;

/** A picture of the course, and what it is for whoever does not see it. */
const PICTURE = 'tablica.png';
const PICTURE_ALT = 'Czarna tablica z napisem kredą: Pierwsze kroki';

const TEXT = `## Zanim zaczniesz

Przeczytaj **uważnie** i zajrzyj do przypisu[^1] oraz do [rozdziału niżej](#co-dalej-zolta-kartka).

| Czynność | Minuty |
| --- | ---: |
| Czytanie | 5 |

\`\`\`
echo "dzień dobry"
\`\`\`

![${PICTURE_ALT}](media/${PICTURE})

Wzór: $a^2 + b^2 = c^2$

$$x_1 + x_2 + x_3 + x_4 + x_5 + x_6 + x_7 + x_8 + x_9 + x_{10} + x_{11} + x_{12} = \\frac{L_1 + 0{,}05}{L_2 + 0{,}05}$$

| Najdłuższe | z możliwych | słów nagłówka | i treści |
| --- | --- | --- | --- |
| Konstantynopolitańczykowianeczka | niedostosowany | rozporządzeniodawca | przeciwdziałanie |

## Co dalej: żółta kartka

Dalej jest film.

[^1]: Przypis jest na końcu lekcji.
`;

const browser = await launch();
const shot = pictures('main');
const started = Date.now();
const faults = [];

function log(text) {
  console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`);
}

/** A line to the server that can be broken and mended: an HTTP proxy. */
const line = {
  broken: false,
  sockets: new Set(),
  open() {
    const server = http.createServer((asked, answer) => {
      const { hostname, port, pathname, search } = new URL(asked.url);
      const path = pathname + search;
      const onward = http.request({ hostname, port, path, method: asked.method, headers: asked.headers }, (given) => {
        answer.writeHead(given.statusCode, given.rawHeaders);
        given.on('error', () => answer.destroy()).pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      answer.on('close', () => onward.destroy());
      asked.on('error', () => onward.destroy()).pipe(onward);
    });
    server.on('connection', (socket) => {
      if (this.broken) return socket.destroy();
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket)).on('error', () => {});
    });
    server.unref();
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve({ server: `http://127.0.0.1:${server.address().port}` }));
    });
  },
  cut() {
    this.broken = true;
    for (const socket of this.sockets) socket.destroy();
  },
  mend() {
    this.broken = false;
  },
};

/** A fresh browser; whatever breaks in its pages is a fault of the whole run. */
async function visitor(name, proxy) {
  const { context, page } = await newWindow(browser, address, (fault) => faults.push(`${name}, ${fault}`), { proxy });
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|panicked|wasm/i.test(message.text())) {
      faults.push(`${name}, ${page.url()}: ${message.text()}`);
    }
  });
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${name}: ${response.status()} ${response.url()}`);
  });
  return { context, page };
}

async function signedIn(login, proxy) {
  const one = await visitor(login, proxy);
  await signIn(one.page, `${login}@${ORG}`, PASSWORD);
  return one;
}

const currentTime = (page) => video(page, 'currentTime');

/** Presses keys on the play button until the film runs. */
async function playByKeyboard(page) {
  await page.locator('[data-part=controls]').waitFor();
  await page.focus('[data-part=play]');
  await page.keyboard.press('Space');
  await until('the film runs', () =>
    page.$eval('[data-part=video]', (video) => !video.paused && video.readyState > 2 && video.currentTime > 0));
}

// 1. Ada writes a course.

async function addUnit(page, title) {
  await page.goto(`/teaching/${COURSE}`);
  await page.fill('[name=unit_title]', title);
  await submit(page, 'form[action$="/units"]');
  if (!/\/units\//.test(page.url())) {
    await Promise.all([page.waitForNavigation(), page.getByRole('link', { name: title, exact: true }).click()]);
  }
  return new URL(page.url()).pathname;
}

/** Adds a picture to the course; its page says what to write into the text. */
async function addPicture(page) {
  const board = await page.context().newPage();
  await board.setContent('<p style="background: black; color: white; font: 3rem cursive; padding: 2rem">Pierwsze kroki</p>');
  const bytes = await board.locator('p').screenshot();
  await board.close();
  await page.goto(`/teaching/${COURSE}/pictures`);
  await page.setInputFiles('[name=picture]', { name: PICTURE, mimeType: 'image/png', buffer: bytes });
  await submit(page, 'form[action$="/pictures"]');
  assert.ok((await page.innerText('#pictures')).includes(`](media/${PICTURE})`), 'what to write stands beside the picture');
}

/** The picture of the text is there with its alternative, and its bytes have come. */
async function isShown(picture, what) {
  await picture.scrollIntoViewIfNeeded();
  assert.equal(await picture.getAttribute('alt'), PICTURE_ALT, what);
  await until(what, () => picture.evaluate((one) => one.complete && one.naturalWidth > 0));
}

async function writeCourse(page) {
  await page.goto('/teaching/new');
  await page.fill('[name=title]', 'Pierwsze kroki');
  await page.fill('[name=summary]', 'Krótkie szkolenie próbne.');
  await page.fill('[name=slug]', COURSE);
  await submit(page, 'form[action="/teaching/new"]');
  assert.equal(new URL(page.url()).pathname, `/teaching/${COURSE}`);
  await page.fill('[name=section_title]', 'Na początek');
  await submit(page, 'form[action$="/sections"]');

  await addPicture(page);
  const first = await addUnit(page, 'Zanim zaczniesz');
  await page.locator('.preview-toolbar').waitFor();
  await page.fill('#f-text', TEXT);
  const preview = page.locator('[data-part=text]');
  for (const part of ['h2, h3', 'table', 'pre', 'math', 'sup a', 'img']) {
    await preview.locator(part).first().waitFor({ state: 'attached' });
  }
  await isShown(preview.locator('img'), 'the picture in the preview');
  assert.ok(await page.locator('[data-part=unsaved]').isVisible(), 'unsaved text is marked');
  await page.locator('#f-text').press('Control+End');
  await page.click('[data-insert=bold]');
  await until('the toolbar writes', async () => (await page.inputValue('#f-text')).endsWith('**'));
  await page.locator('[data-part=text] strong').nth(1).waitFor();
  await shot(page, 'editor');
  await submit(page, `form[action="${first}"]`, 'button[value=save]');
  assert.match(await page.inputValue('#f-text'), /Przypis jest na końcu/);
  log('unit 1 is written');

  const second = await addUnit(page, 'Wykład');
  await page.fill('#f-text', '## Co zobaczysz\n\nObejrzyj film do końca.\n');
  await submit(page, `form[action="${second}"]`, 'button[value=save]');
  return second;
}

/** Sends the film slowly, breaks the line half-way and mends it: the rest follows by itself. */
async function sendFilm({ context, page }, unit) {
  await submit(page, `form[action="${unit}/film"]`);
  await page.locator('form.film-upload').waitFor();
  const offsets = [];
  page.on('request', (request) => {
    if (request.url().includes('/api/tus')) {
      asked.push(Date.now());
      if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
    }
  });
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  const speed = (uploadThroughput, offline = false) => wire.send('Network.emulateNetworkConditions', {
    offline, latency: 0, downloadThroughput: -1, uploadThroughput,
  });
  const said = async () => (await page.textContent('[data-part=said]')).trim();
  const asked = [];
  // The island must be awake, or the plain form would be sent.
  await until('the island is awake', () =>
    page.$eval('[data-part=file]', (file) => !file.required));
  assert.deepEqual(await sets(page), ['desk'], 'who teaches fetches all islands');
  await page.setInputFiles('[data-part=file]', filmFile);
  const slow = Math.round(statSync(filmFile).size / 10);
  await speed(slow);
  await page.click('[data-part=start]');
  const sent = (percent) => until(`${percent}% of the film is sent`, () =>
    page.$eval('[data-part=bar]', (bar, percent) => bar.value > percent, percent).catch(() => false));
  await sent(10);
  // The browser itself loses the network: that is said at once, and sending goes on as soon as it is back. The waits
  // between tries are ten seconds by then, so a try within six seconds is no accident.
  await speed(slow, true);
  line.cut();
  await until('the page says that the connection is gone', async () => (await said()).includes('Brak połączenia'));
  await page.waitForTimeout(11_000);
  assert.match(await said(), /Brak połączenia/, 'it goes on saying so');
  const back = Date.now();
  line.mend();
  await speed(slow);
  await until('sending goes on at once', () => asked.some((at) => at >= back), 6_000);
  log(`back online: asked after ${asked.find((at) => at >= back) - back} ms`);
  await sent(30);
  line.cut();
  const waits = await until('the page says that it waits', async () => {
    const now = await said();
    return now.includes('Brak połączenia') && now;
  });
  log(`line broken at ${await page.textContent('[data-part=figures]')}: ${waits}`);
  await shot(page, 'broken-line');
  await page.waitForTimeout(1000);
  assert.ok(await page.locator('[data-part=progress]').isVisible(), 'the upload is not given up');
  const before = offsets.length;
  const taken = page.waitForNavigation();
  await speed(-1);
  line.mend();
  await taken;
  assert.ok(offsets.length > before && offsets.at(-1) > 0, `sending went on from where it was: ${offsets}`);
  log(`film taken; sent from bytes ${offsets.join(', ')}`);
  await wire.detach();
}

async function attachCaptions(page, unit) {
  await page.goto(`${unit}/film`);
  await page.setInputFiles('[name=vtt]', captionsFile);
  await page.selectOption('form[action$="/captions"] [name=language]', 'pl');
  await submit(page, 'form[action$="/captions"]');
  await page.locator('form[action$="/captions/pl/remove"]').waitFor();
  await page.goto(`${unit}/captions/pl`);
  await shot(page, 'captions');
  await submit(page, 'form[action$="/captions/pl/check"]');
  await page.getByText('Sprawdzone:').waitFor();
  await shot(page, 'film');
}

async function publishAndEnrol(page) {
  await page.goto(`/teaching/${COURSE}/publish`);
  await shot(page, 'publish');
  await submit(page, `form[action="/teaching/${COURSE}/publish"]`);
  assert.equal(new URL(page.url()).pathname, `/teaching/${COURSE}`, 'published');
  await page.goto(`/teaching/${COURSE}/people`);
  const label = await page.locator('[name=target] option').filter({ hasText: `${GROUP} (` }).first().textContent();
  await page.selectOption('[name=target]', { label });
  await submit(page, 'form:has([name=target])');
  await page.locator('#enrolments, table').getByText(GROUP).first().waitFor();
}

const ada = await signedIn(ADA, await line.open());
const lecture = await writeCourse(ada.page);
await sendFilm(ada, lecture);
await attachCaptions(ada.page, lecture);
await publishAndEnrol(ada.page);
log('published, the group is enrolled');

// 2. Jan reads the first unit and watches a part of the film.

/** A number as it is sent to `/films/{id}/progress`. */
function position(body) {
  const found = /"position(?:_ms|Ms)?"\s*:\s*(\d+)/.exec(body);
  assert.ok(found, `a report holds a position: ${body}`);
  return Number(found[1]);
}

/** Which sets of islands the page has fetched. */
function sets(page) {
  return page.evaluate(() => performance.getEntriesByType('resource')
    .map(({ name }) => /islands_(\w+)_bg\.wasm/.exec(name)?.[1]).filter(Boolean));
}

async function openPlayer(page, href) {
  await page.goto(href);
  await until('the film can be watched', async () => {
    if (await page.locator('[data-part=controls]').isVisible().catch(() => false)) return true;
    if (!(await page.locator('section.player, .film-progress').count())) await page.reload();
    return false;
  });
}

async function learn() {
  const { context, page } = await signedIn(JAN);
  const card = page.locator(`main a[href="/courses/${COURSE}"]`);
  await card.first().waitFor();
  await shot(page, 'home');
  await Promise.all([page.waitForNavigation(), card.first().click()]);
  const units = await page.$$eval('main a', (links, course) =>
    [...new Set(links.map((link) => link.getAttribute('href')))].filter((href) => href.startsWith(`/courses/${course}/`)), COURSE);
  assert.equal(units.length, 2, `two units: ${units}`);
  await page.goto(units[0]);
  for (const part of ['table', 'pre', 'math', 'sup a']) {
    assert.ok(await page.locator(`.prose ${part}`).count(), `unit 1 shows ${part}`);
  }
  await isShown(page.locator('.prose img'), 'the picture in unit 1');
  await page.click('.prose a[href="#co-dalej-zolta-kartka"]');
  assert.equal(await page.textContent('.prose h2:target'), 'Co dalej: żółta kartka', 'a link leads to a heading');
  await shot(page, 'unit-1');
  await submit(page, `form[action="${units[0]}/finish"]`);
  assert.equal(new URL(page.url()).pathname, units[1], 'finishing leads to the next unit');
  log('unit 1 is finished');

  const posted = [];
  page.on('response', (response) => {
    const request = response.request();
    if (response.ok() && request.method() === 'POST' && request.url().endsWith('/progress')) {
      posted.push(position(request.postData() ?? request.postDataBuffer()?.toString() ?? ''));
    }
  });
  await openPlayer(page, units[1]);
  assert.deepEqual(await sets(page), ['learn'], 'who learns fetches theirs alone');
  const film = await page.$eval('track', (track) => new URL(track.src).pathname.split('/captions/')[0]);
  await playByKeyboard(page);
  const at = await currentTime(page);
  await until('the film goes on', async () => (await currentTime(page)) > at + 1);
  await page.keyboard.press('>');
  assert.equal(await page.$eval('[data-part=video]', (video) => video.playbackRate), 1.25, 'one step faster');
  await page.selectOption('[data-part=speed-list]', '200');
  assert.equal(await page.$eval('[data-part=video]', (video) => video.playbackRate), 2, 'twice as fast');
  await page.focus('[data-part=play]');
  await page.keyboard.press('c');
  assert.equal(await page.getAttribute('[data-part=captions]', 'aria-pressed'), 'true', 'captions are on');
  assert.equal(await page.$eval('track', (track) => track.track.mode), 'showing');
  await until('captions are loaded', () => page.$eval('track', (track) => track.track.cues?.length > 0));
  const qualities = await page.$$eval('[data-part=quality-list] option', (options) => options.map((one) => one.textContent));
  assert.ok(qualities.filter((name) => /^\d+p$/.test(name)).length >= 1 && qualities.length >= 3, `qualities: ${qualities}`);
  log(`qualities: ${qualities.join(', ')}`);
  await until('ten seconds are seen', async () => (await currentTime(page)) > 10);
  await shot(page, 'playing');
  await page.keyboard.press('k');
  await until('the film stands', () => page.$eval('[data-part=video]', (video) => video.paused));
  const left = await currentTime(page);
  // What it tells now and then while it plays may be answered last.
  await until(`the place is kept, left at ${left}`, () => posted.some((one) => Math.abs(one / 1000 - left) < 1));
  await context.close();
  log(`left at ${left.toFixed(1)} s`);
  return { units, film, left };
}

const { units, film, left } = await learn();

// 3. Elsewhere Jan goes on where he was.

async function goOn() {
  const { context, page } = await signedIn(JAN);
  await openPlayer(page, units[1]);
  // Speed and captions are those that were chosen in the other browser.
  assert.equal(await page.inputValue('[data-part=speed-list]'), '200', 'the speed came along');
  assert.equal(await page.getAttribute('[data-part=captions]', 'aria-pressed'), 'true', 'the captions came along');
  const kept = page.waitForResponse((response) => response.url().endsWith('/films/choices'));
  await page.selectOption('[data-part=speed-list]', '100');
  await page.click('[data-part=captions]');
  assert.equal((await kept).status(), 204, 'the choice is kept');
  assert.ok(await page.locator('[data-part=resumed]').isVisible(), 'the player says where it goes on');
  log((await page.innerText('[data-part=resumed]')).trim());
  await shot(page, 'resumed');
  // Before anything plays the player stands where the film was left; and that is where the film is sent first when it has come.
  const begin = Number(await page.getAttribute('section.player', 'data-begin')) / 1000;
  assert.ok(Math.abs(begin - left) <= 1, `stands at ${begin}, was left at ${left}`);
  const clock = `${Math.floor(begin / 60)}:${String(Math.floor(begin % 60)).padStart(2, '0')}`;
  assert.ok((await page.textContent('[data-part=time]')).startsWith(`${clock} /`), `the player says ${clock}`);
  await page.$eval('[data-part=video]', (video) => {
    window.places = [];
    for (const event of ['seeking', 'playing']) video.addEventListener(event, () => window.places.push(video.currentTime));
  });
  await playByKeyboard(page);
  const [at] = await page.evaluate(() => window.places);
  assert.ok(Math.abs(at - left) <= 1, `goes on at ${at}, was left at ${left}`);
  await page.keyboard.press('k');
  await page.waitForTimeout(300);
  await submit(page, `form[action="${units[1]}/finish"]`);
  await page.goto(`/courses/${COURSE}`);
  assert.match(await page.innerText('main'), /100\s?%/, 'the course is finished');
  await shot(page, 'finished');
  const name = (await page.locator('header details summary').last().textContent()).split(':').at(-1).trim();
  await context.close();
  return name;
}

const name = await goOn();
log(`${name} has finished`);

// 4. Ada follows.

await ada.page.goto(`/teaching/${COURSE}/progress`);
await shot(ada.page, 'progress');
const rows = await ada.page.$$eval('#learners tbody tr, table tbody tr', (found) => found.map((row) => ({
  name: row.querySelector('th')?.innerText ?? '',
  cells: [...row.querySelectorAll('td')].map((cell) => cell.innerText),
  bar: [...row.querySelectorAll('progress')].map((bar) => bar.value / bar.max),
})));
const row = rows.find((one) => name.split(' ').every((word) => one.name.includes(word)));
assert.ok(row, `${name} is in the table: ${JSON.stringify(rows)}`);
assert.ok(row.cells[0].includes('2 z 2') || row.bar[0] === 1, `all units are finished: ${JSON.stringify(row)}`);
const seen = Number(/(\d+)\s?%/.exec(row.cells.at(-1))?.[1]);
assert.ok(seen > 0 && seen < 100, `a part of the film was seen: ${JSON.stringify(row)}`);
log(`progress: ${JSON.stringify(row)}`);

// 5. Others see nothing.

async function shutOut(who, { context, page }, statuses) {
  for (const path of [`/courses/${COURSE}`, units[1], `${film}/master.m3u8`, `${film}/plain.mp4`, `/teaching/${COURSE}`]) {
    const answer = await context.request.get(path, { maxRedirects: 0 });
    const onward = answer.headers().location ?? '';
    const good = statuses.includes(answer.status()) && (answer.status() < 300 || answer.status() >= 400 || onward.startsWith('/sign-in'));
    assert.ok(good, `${who} ${path}: ${answer.status()} ${onward}`);
  }
  await page.goto(`/courses/${COURSE}`);
  assert.ok(!(await page.innerText('body')).includes('Pierwsze kroki'), `${who} does not even read the title`);
  await shot(page, `shut-out-${who}`);
  await context.close();
}

await shutOut('ola', await signedIn(OLA), [403, 404]);
await shutOut('visitor', await visitor('visitor'), [302, 303, 401, 404]);
log('others are shut out');

// 6. Ada sends two more films at once, and a file that is empty.

async function sendSeveral(page) {
  await page.goto(`/teaching/${COURSE}/films`);
  await until('the island is awake', () => page.$eval('[data-part=file]', (file) => !file.required));
  assert.ok(await page.locator('[data-part=camera]').isVisible(), 'a phone can record into it');
  const whole = readFileSync(filmFile);
  const file = (name, buffer) => ({ name, mimeType: 'video/mp4', buffer });
  await page.setInputFiles('[data-part=file]', [
    file('druga_lekcja.mp4', whole), file('pusty.mp4', Buffer.alloc(0)), file('trzecia.mp4', whole),
  ]);
  await page.click('[data-part=start]');
  const said = async () => (await page.textContent('[data-part=said]')).trim();
  await until('both are sent', async () => (await said()).includes('Niektórych plików nie wysłano'));
  await shot(page, 'several');
  const lines = await page.$$eval('[data-part=files] > li', (rows) => rows.map((row) => row.innerText));
  assert.equal(lines.length, 3, lines.join(' | '));
  assert.ok(lines[0].includes('druga_lekcja.mp4') && lines[0].includes('wysłany'), lines[0]);
  assert.ok(lines[1].includes('pusty'), lines[1]);
  assert.match(await page.textContent('[data-part=figures]'), /^2 z 3 plików, 100%/);
  // The one that failed is left out: nothing is wrong any more.
  await page.locator('[data-part=files] > li').nth(1).locator('[data-part=item-leave]').click();
  await until('the rest is whole', async () => (await said()).includes('Wszystkie pliki są wysłane'));
  await page.locator('[data-part=studio] a').click();
  await page.getByRole('heading', { name: 'druga lekcja' }).waitFor();
  await page.getByRole('heading', { name: 'trzecia' }).waitFor();
  await shot(page, 'studio');
}

await sendSeveral(ada.page);
log('several films are sent at once');

assert.deepEqual(faults, [], 'no page broke');
await browser.close();
