// The player by what a person sets: chapters, speed, the look of captions, keys that are off, data that are saved, the transcript.
//
// node player.mjs ADDRESS, after main.mjs at the same address and with the same settings.

import assert from 'node:assert/strict';
import { launch, pictures, signIn, submit } from './chromium.mjs';

const [address] = process.argv.slice(2);
const { ORG = 'brzozow', ADA = 'ada', JAN = 'jan', PASSWORD = 'zielona kreda', COURSE = 'pierwsze-kroki' } = process.env;

const browser = await launch();
const shot = pictures('player');

async function signedIn(login) {
  const context = await browser.newContext({ locale: 'pl-PL', baseURL: address });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on('pageerror', (error) => assert.fail(`${login}, ${page.url()}: ${error}`));
  await signIn(page, `${login}@${ORG}`, PASSWORD);
  return { context, page };
}

async function until(what, seconds, holds) {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const links = (page, start) => page.$$eval('main a', (all, start) =>
  [...new Set(all.map((one) => one.getAttribute('href')))].filter((href) => href?.startsWith(start)), start);
const video = (page, what) => page.$eval('[data-part=video]', (video, what) => video[what], what);

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
await until('the film is made', 180, async () => {
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
await until('the place is that of the chapter', 5, async () => (await jan.page.textContent('[data-part=time]')).startsWith('0:30'));
await jan.page.click('[data-part=play]');
await until('the film plays in the chapter', 30, async () => (await video(jan.page, 'currentTime')) > 30.5);
assert.ok(await jan.page.locator('a[data-at="30000"][aria-current]').count(), 'the chapter is marked');
assert.equal(await jan.page.locator('a[data-at][aria-current]').count(), 1, 'and no other');
await jan.page.selectOption('[data-part=speed-list]', '300');
assert.deepEqual([await video(jan.page, 'playbackRate'), await video(jan.page, 'preservesPitch')], [3, true], 'three times, same pitch');
await jan.page.click('[data-part=play]');
await until('the film stands', 5, () => video(jan.page, 'paused'));

// The transcript is a list that can be searched and a page that can be printed.
await jan.page.fill('[data-part=search]', 'zdanie 7');
await until('one line is left', 5, async () => (await jan.page.locator('[data-part=lines] li:visible').count()) === 1);
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
await until('the film plays', 30, async () => (await again.page.$$eval('[data-part=quality-list] option', (all) => all.length)) > 2
  && !(await video(again.page, 'paused')));
const heights = await again.page.$$eval('[data-part=quality-list] option', (all) => all.map((one) => Number(one.value)).filter(Boolean));
assert.equal(Number(await again.page.inputValue('[data-part=quality-list]')), Math.min(...heights), `the smallest of ${heights}`);
await again.page.keyboard.press('m');
await until('keys are on again', 5, () => video(again.page, 'muted'));
await again.context.close();
await browser.close();
