// Captions beside their film: links to a moment, the film's time in a field, keys while somebody types, the cue that is running.
//
// node cues.mjs ADDRESS PAGE: the page of captions whose cue N runs from 5 N to 5 N + 4 seconds; that of 0:35 has a finding.
// Settings: ORG, ADA, PASSWORD, SHOTS (folder for pictures).

import assert from 'node:assert/strict';
import { launch, newWindow, pictures, signIn, submit, until, video, violations } from './chromium.mjs';

const [address, captions] = process.argv.slice(2);
const { ORG = 'brzozow', ADA = 'ada', PASSWORD = 'zielona kreda' } = process.env;

const browser = await launch();
const shot = pictures('cues');
const faults = [];

async function signedIn(settings = {}) {
  const broke = (fault) => faults.push(fault);
  const one = await newWindow(browser, address, broke, { viewport: { width: 1280, height: 800 }, ...settings });
  await signIn(one.page, `${ADA}@${ORG}`, PASSWORD);
  return one;
}

// Without script a cue and a finding lead to the page with the film at that second, and nothing is there that needs one.
const plain = await signedIn({ javaScriptEnabled: false });
await plain.page.goto(captions);
assert.equal(await plain.page.locator('[data-cue-take]').count(), 0);
assert.ok(!(await plain.page.isVisible('[data-cue-keys]')), 'no keys are promised');
assert.equal(await plain.page.locator('fieldset.cue a[data-jump]').count(), 12, 'each cue has its link');
await plain.page.goto(new URL(await plain.page.getAttribute('#findings a[data-jump]', 'href'), address).href);
assert.equal(await plain.page.getAttribute('section.player', 'data-begin'), '35000', 'the film begins there');
assert.match(await plain.page.getAttribute('video', 'src'), /plain\.mp4#t=35$/, 'in a browser of its own too');
await plain.context.close();

const { context, page } = await signedIn();
await page.goto(captions);
await page.locator('[data-part=controls]').waitFor();
await page.locator('[data-cue-keys]').waitFor();
const value = (name) => page.inputValue(`#f-${name}`);
const focused = () => page.evaluate(() => document.activeElement.name ?? '');
const film = (what) => video(page, what);
const time = async () => (await page.textContent('[data-part=time]')).split(' / ')[0];
const marked = () => page.$$eval('fieldset.cue[aria-current=true] [name^=start-]', (all) => all.map((one) => one.name));

// A finding sends the film to its moment, and the page stays where it is.
const link = page.locator('#findings a[data-jump]').first();
assert.equal(await link.getAttribute('data-jump'), '35000');
await link.scrollIntoViewIfNeeded();
const before = [page.url(), await page.evaluate(() => scrollY)];
await link.evaluate((one) => one.click());
await until('the film stands at 0:35', async () => (await time()) === '0:35');
assert.deepEqual([page.url(), await page.evaluate(() => scrollY)], before, 'the page does not move');
assert.deepEqual(await marked(), ['start-7'], 'the cue of that moment is marked');

// Keys while somebody types: the film's time as end and start, two seconds back, another cue. What is typed stays as it is.
const text = await value('text-2');
await page.focus('#f-text-2');
await page.keyboard.press('Alt+KeyI');
assert.equal(await value('end-2'), '00:00:35.000');
await page.keyboard.press('Alt+KeyJ');
await page.keyboard.press('Alt+KeyU');
assert.equal(await value('start-2'), '00:00:33.000', 'two seconds before');
assert.match(await page.textContent('[data-cue-said]'), /00:00:33\.000/, 'it is said');
assert.equal(await value('text-2'), text, 'nothing was typed');
assert.equal(await focused(), 'text-2', 'the focus stays');
assert.equal(await time(), '0:33');
await page.keyboard.press('Alt+ArrowDown');
assert.equal(await focused(), 'text-3');
await page.keyboard.press('Alt+ArrowUp');
await page.keyboard.press('Alt+ArrowUp');
assert.equal(await focused(), 'text-1');
await page.keyboard.press('Alt+KeyG');
await until('the film is at the cue', async () => (await time()) === '0:05');
assert.deepEqual(await marked(), ['start-1']);

// It plays while the focus is in the field; the mark goes along.
await page.keyboard.press('Alt+KeyK');
await until('the film plays', async () => !(await film('paused')) && (await film('currentTime')) > 5.2);
await until('a later cue is marked', async () => (await marked()).some((name) => Number(name.slice('start-'.length)) > 2));
await page.keyboard.press('Alt+KeyK');
await until('the film stands', () => film('paused'));
assert.equal(await focused(), 'text-1', 'and the focus is where it was');
await page.click('fieldset.cue:has([name=start-4]) [data-cue-take=start]');
const here = await film('currentTime');
const [hours, minutes, seconds] = (await value('start-4')).split(':').map(Number);
assert.ok(Math.abs(hours * 3600 + minutes * 60 + seconds - here) < 0.01, `${await value('start-4')} is ${here}`);
await shot(page, 'beside');

// With the player's keys these are off.
await page.click('[data-do=help]');
const kept = page.waitForResponse((answer) => answer.url().endsWith('/films/choices'));
await page.uncheck('[data-part=shortcuts]');
assert.equal((await kept).status(), 204);
await page.click('[data-do=close]');
await page.focus('#f-text-5');
await page.keyboard.press('Alt+KeyU');
assert.equal(await value('start-5'), '00:00:25.000', 'nothing happens');

// What was filled in is sent like anything typed.
await page.fill('#f-start-2', '0:10,250');
await page.fill('#f-end-2', '0:14');
await page.fill('#f-start-4', '0:20');
await submit(page, 'form:has(fieldset.cue)');
assert.equal(await value('start-2'), '00:00:10.250');
assert.deepEqual((await violations(page)).map(({ id }) => id), []);
assert.deepEqual(faults, [], 'no page broke');
await context.close();
await browser.close();
