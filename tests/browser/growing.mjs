// A learner watches the beginning of a film while the rest of it, and better pictures, are still being made.
//
// node growing.mjs ADDRESS LECTURE FILM: the page of the lecture, and the id of its film, whose making stands still meanwhile.
// Settings: ORG, JAN, PASSWORD, SHOTS (folder for pictures).

import assert from 'node:assert/strict';
import { launch, newWindow, pictures, signIn } from './chromium.mjs';

const [address, lecture, film] = process.argv.slice(2);
const { ORG = 'brzozow', JAN = 'jan', PASSWORD = 'zielona kreda' } = process.env;

const browser = await launch();
const shot = pictures('growing');
const faults = [];
const { context, page } = await newWindow(browser, address, (fault) => faults.push(fault));
await signIn(page, `${JAN}@${ORG}`, PASSWORD);

const state = async () => (await context.request.get(`/films/${film}/state`)).json();
const inTheMaking = await state();
assert.equal(inTheMaking.playable, true, JSON.stringify(inTheMaking));

await page.goto(lecture);
await page.locator('[data-part=controls]').waitFor();
assert.match(await page.innerText('section.player'), /Początek można już oglądać\. Dalszy ciąg i lepsza jakość są w przygotowaniu\./);
await page.focus('[data-part=play]');
await page.keyboard.press('Space');
await page.waitForFunction(() => {
  const video = document.querySelector('[data-part=video]');
  return !video.paused && video.videoHeight > 0 && video.currentTime > 1;
});
await shot(page, 'playing');
// Nothing was waited for: it is still being made.
assert.equal((await state()).state, inTheMaking.state);
assert.notEqual(inTheMaking.state, 'ready');
assert.equal((await page.textContent('[data-part=failure]')).trim(), '', 'nothing failed');
assert.deepEqual(faults, []);
await browser.close();
console.log('the beginning plays');
