// A test taken over a network that drops and lies: every answer is saved as it is given, the page says whether it is, and neither a closed
// lid nor another machine loses one.
//
// node quiz.mjs ADDRESS: `jan` has read the lesson; the second question asks for a word, the third for a number.
// Settings: ORG, JAN, PASSWORD, SHOTS (folder for pictures).

import assert from 'node:assert/strict';
import { launch, newWindow, pictures, signIn, submit, until, violations } from './chromium.mjs';
import { seenWithForcedColours } from './examine.mjs';

const [address] = process.argv.slice(2);
const { ORG = 'brzozow', JAN = 'jan', PASSWORD = 'zielona kreda' } = process.env;
const HOME = '/courses/kurs-testowy/wstep/test';

const browser = await launch();
const shot = pictures('quiz');
const faults = [];

const machine = (settings) => newWindow(browser, address, (fault) => faults.push(fault), settings);

async function open(context, path) {
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(path);
  await page.locator('.test-page').waitFor();
  return page;
}

const state = (page) => page.locator('[data-part=state]').textContent();
const seen = async (page) => Number(await page.$eval('#question [name=seen]', (field) => field.value));

/** Waits until something holds; if it never does, the state of the page is told. */
const held = (page, what, holds) => until(what, holds)
  .catch(async (error) => assert.fail(`${error.message}; state: ${await state(page)}`));

/** Types an answer and waits until the page has heard that it is kept. */
async function saved(page, text) {
  const before = await seen(page);
  await page.fill('[name=text]', text);
  await held(page, `${text} is saved`, async () => (await seen(page)) > before && (await state(page)).includes('Zapisano.'));
}

/** How many answers wait in the browser; not known while a page follows another. */
const waiting = (page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('.test.')).length).catch(() => NaN);

const laptop = await machine();
await signIn(laptop.page, `${JAN}@${ORG}`, PASSWORD);
await laptop.page.goto(HOME);
await submit(laptop.page, `form[action="${HOME}"]`);
const attempt = new URL(laptop.page.url()).pathname.replace(/\/questions\/1$/, '');
assert.notEqual(attempt, HOME);
await laptop.page.close();
let page = await open(laptop.context, `${attempt}/questions/2`);
assert.deepEqual((await violations(page)).map((one) => one.id), [], 'the page of a question');
await seenWithForcedColours(browser, page, 'the page of a question', 'main');

// Saved as it is given, without any button.
await saved(page, 'pierwsza');
// The answer of the server is lost after it kept it: sent again, it is kept once.
await page.route('**/questions/2/save', async (route) => {
  await route.fetch();
  await route.abort();
}, { times: 1 });
await saved(page, 'druga');

// The network drops: the page says so, and does not say that it is saved.
await laptop.context.setOffline(true);
await page.fill('[name=text]', 'trzecia');
await held(page, 'the page says so', async () => /Brak połączenia[\s\S]*Czeka na sieć: 1|Czeka na sieć: 1[\s\S]*Brak połączenia/.test(await state(page)));
assert.doesNotMatch(await state(page), /Zapisano/);
assert.equal(await waiting(page), 1);
await shot(page, 'offline');
// A button goes nowhere meanwhile, and loses nothing.
await page.locator('#question button[value=next]').first().click();
await held(page, 'the page stays', async () => (await page.locator('[data-part=said]').textContent()).includes('Strona przejdzie dalej'));
// The lid is closed.
await page.close();
await laptop.context.setOffline(false);

// Opened again it sends what was left, and shows what is kept, not what was kept before.
page = await open(laptop.context, `${attempt}/questions/2`);
await held(page, 'the answer that was left is shown', async () => (await page.inputValue('[name=text]')) === 'trzecia');
await page.locator('.test-page').waitFor();
await held(page, 'nothing waits any more', async () => (await waiting(page)) === 0);
// Going on from there pushes nothing aside.
await submit(page, '#question', 'button[value=next]');
assert.ok(page.url().endsWith('/questions/3'), page.url());

// Another machine has it, and goes on.
const phone = await machine({ viewport: { width: 320, height: 700 } });
await signIn(phone.page, `${JAN}@${ORG}`, PASSWORD);
const other = await open(phone.context, `${attempt}/questions/2`);
assert.equal(await other.inputValue('[name=text]'), 'trzecia');
assert.ok(await other.evaluate(() => document.documentElement.scrollWidth) <= 320, 'fits a phone');
await saved(other, 'czwarta');
await shot(other, 'phone');

// Without script: page by page, and what the others gave is there.
const plain = await machine({ javaScriptEnabled: false });
await signIn(plain.page, `${JAN}@${ORG}`, PASSWORD);
await plain.page.goto(`${attempt}/questions/2`);
assert.equal(await plain.page.inputValue('[name=text]'), 'czwarta');
await submit(plain.page, '#question', 'button[value=next]');
await plain.page.fill('[name=number]', '31337');
await submit(plain.page, '#question', 'button[value=next]');
assert.equal(new URL(plain.page.url()).pathname, attempt, 'the last question leads to the check page');
assert.match(await plain.page.innerText('main'), /Zakończ test/);

assert.deepEqual(faults, []);
await browser.close();
console.log('no answer was lost');
