// The scanner desk: a class gets its devices and gives them back by scans alone, over a network that drops and lies.
//
// node desk.mjs ADDRESS GROUP: the group's 30 people have nothing yet; devices IT/1 to IT/32 are in stock, IT/32 is
// prepared for somebody who is not in the group. Settings: ORG, CLERK, PASSWORD, SHOTS (folder for pictures).

import assert from 'node:assert/strict';
import { launch, newWindow, pictures, signIn, until, violations } from './chromium.mjs';
import { seenWithForcedColours } from './examine.mjs';

const [address, group] = process.argv.slice(2);
const { ORG = 'brzozow', CLERK = 'anna', PASSWORD = 'zielona kreda' } = process.env;

const browser = await launch();
const faults = [];
const { context, page } = await newWindow(browser, address, (fault) => faults.push(fault), { viewport: { width: 1280, height: 900 } });
// Nobody hears it here: what would sound is written down, tone by tone.
await context.addInitScript(() => {
  window.tones = [];
  window.AudioContext = class {
    currentTime = 0;
    destination = {};
    resume() { return Promise.resolve(); }
    createGain() { return { gain: { value: 1 }, connect() {} }; }
    createOscillator() {
      const frequency = { value: 440 };
      return { frequency, connect() {}, start: () => window.tones.push(frequency.value), stop() {} };
    }
  };
});
// What it takes: keys and pointers of the person, requests of the page. Ten minutes for a class of thirty are twenty seconds for each
// device; that holds at any speed of the machine as long as a device takes one scan, and nothing else that somebody has to do or wait for.
await context.addInitScript(() => {
  window.used = { keys: 0, pointers: 0 };
  addEventListener('keydown', ({ key }) => { window.used.keys += key === 'Shift' ? 0 : 1; }, true);
  for (const name of ['pointerdown', 'mousedown', 'touchstart']) addEventListener(name, () => { window.used.pointers += 1; }, true);
});
const sent = [];
page.on('request', (request) => sent.push(`${request.isNavigationRequest() ? 'page' : request.method()} ${new URL(request.url()).pathname}`));
const asked = (what) => sent.filter((one) => one.startsWith(what)).length;
const picture = pictures('desk');
const shot = (name) => picture(page, name);

const said = () => page.locator('[data-part=said]').textContent();
const state = () => page.locator('[data-part=state]').textContent();
/** The pitches that sounded since this was asked last, in Hz. */
const tones = () => page.evaluate(() => window.tones.splice(0));
const turn = () => page.locator('.desk-turn').textContent();

/** What a scanner does: it types into whatever has the focus, and ends with Enter. */
async function scan(code) {
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
}

/** The next scan would go into an empty field. */
const ready = async (after) => assert.deepEqual(
  await page.evaluate(() => [document.activeElement.name, document.activeElement.value]), ['code', ''], `after ${after}`);

/** These scans were all that it took since the page was opened. */
async function tookScansAlone(codes) {
  assert.deepEqual(await page.evaluate(() => window.used), { keys: codes.join('').length + codes.length, pointers: 0 });
  assert.equal(asked('POST /devices/desk/queue'), codes.length, `each scan was sent once: ${sent}`);
  assert.ok(asked('GET /devices/desk') <= codes.length, `and the list was read again at most as often: ${sent}`);
  assert.equal(asked('page '), 0, `no page was waited for: ${sent}`);
}

/** Waits until something holds; if it never does, what the page says is told. */
const held = (what, holds) => until(what, holds)
  .catch(async (error) => assert.fail(`${error.message}; said: ${await said()}; state: ${await state()}`));

async function sound(name) {
  const found = (await violations(page)).map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`);
  assert.deepEqual(found, [], name);
}

await signIn(page, `${CLERK}@${ORG}`, PASSWORD, 'Enter');

const set = new URLSearchParams({ group, mode: 'out', purpose: 'nauka zdalna', due_on: '2030-06-30' });
await page.goto(`/devices/desk?${set}`);
await page.locator('.scan-desk').waitFor();
await held('the scan field has the focus', () => page.evaluate(() => document.activeElement.name === 'code'));
const started = Date.now();
sent.length = 0;

// Ten with a network.
const first = await turn();
const ten = Array.from({ length: 10 }, (_, at) => `IT/${at + 1}`);
for (const code of ten) {
  await scan(code);
  await ready(code);
  await held(`${code} is out`, async () => (await said()).startsWith(`${code}: wydano`));
  await ready(`${code} is out`);
}
const good = await tones();
assert.equal(good.length, 10, `each scan sounded once: ${good}`);
assert.equal(new Set(good).size, 1, `and all of them alike: ${good}`);
await held('it is the turn of another', async () => (await turn()) !== first);
await held('the list follows', async () => (await page.locator('#class').textContent()).includes('10 z 30'));
await tookScansAlone(ten);

// The answer to the eleventh is lost after the server did it: sent again, it counts once.
await page.route('**/devices/desk/queue', async (route) => {
  await route.fetch();
  await route.abort();
}, { times: 1 });
await scan('IT/11');
await held('the eleventh was sent again', async () => (await said()).startsWith('IT/11: wydano'));
assert.equal((await tones()).filter((one) => one === good[0]).length, 1, 'it sounded as done once');

// The network drops: eighteen scans wait, among them one unknown and one that is prepared for somebody else.
await context.setOffline(true);
await scan('IT/12');
await held('the page says so', async () => (await state()).includes('Brak połączenia'));
await scan('NIEZNANY');
await scan('IT/32');
for (let number = 13; number <= 27; number += 1) await scan(`IT/${number}`);
await held('all wait', async () => (await state()).includes('18'));
await shot('offline');
assert.equal(await page.evaluate(() => document.activeElement.name), 'code');
const away = await tones();
assert.ok(away.length >= 18, `each scan sounded: ${away}`);
assert.ok(!away.includes(good[0]), `and none as if it were done: ${away}`);
assert.equal((await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('desk.')).length)), 18);
await context.setOffline(false);
await held('all are sent', async () => (await state()).includes('Wszystkie skany są wysłane'));
const conflicts = page.locator('[data-part=conflicts] > li');
await held('two were refused', async () => (await conflicts.count()) === 2);
const back = await tones();
assert.equal(back.filter((one) => one === good[0]).length, 16, `what was done sounded so: ${back}`);
assert.ok(back.filter((one) => one < good[0] / 2).length >= 2, `what was refused sounded much lower: ${back}`);
assert.match(await conflicts.nth(0).textContent(), /NIEZNANY.*Nie ma sprzętu/s);
assert.match(await conflicts.nth(1).textContent(), /IT\/32.*przygotowany dla kogo innego/s);
await shot('conflicts');
await sound('desk with conflicts');
await seenWithForcedColours(browser, page, 'the desk', ':is(.scan-desk, #scan)');

// What waits outlives the page; what was refused stays until the clerk removes it.
await page.reload();
await page.locator('.scan-desk').waitFor();
await held('what was refused is still there', async () => (await conflicts.count()) === 2);
for (const _ of [1, 2]) await conflicts.first().getByRole('button', { name: /Usuń z listy/ }).click();
await held('it is gone', async () => (await conflicts.count()) === 0);
for (let number = 28; number <= 30; number += 1) {
  await scan(`IT/${number}`);
  await held(`IT/${number} is out`, async () => (await said()).startsWith(`IT/${number}: wydano`));
}
await held('everybody has one', async () => (await turn()).includes('Wszyscy mają już sprzęt'));
await tones();
await scan('IT/31');
await held('nobody is left', async () => (await said()).includes('Wszyscy mają już sprzęt'));
const bad = await tones();
assert.equal(bad.length, 1, `it sounded once: ${bad}`);
assert.ok(bad[0] < good[0] / 2, `${bad[0]} Hz is told from ${good[0]} Hz without looking`);
// Turned off it is silent, in this browser until it is turned on again.
const sounds = page.locator('[data-part=sound]');
await sounds.click();
await tones();
const code = page.locator('#scan [name=code]');
await code.fill('');
await scan('IT/31');
await held('the scan was heard', async () => (await code.inputValue()) === 'IT/31');
assert.deepEqual(await tones(), [], 'no sound');
await sounds.click();
assert.equal((await tones()).length, 1, 'turned on it sounds');
await code.fill('');
await shot('all');
await page.setViewportSize({ width: 320, height: 800 });
assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320, 'fits a phone');
await shot('phone');
await page.setViewportSize({ width: 1280, height: 900 });
console.log(`30 handed out in ${((Date.now() - started) / 1000).toFixed(0)} s`);

// And back again; two of them twice.
const returned = Date.now();
await page.goto(`/devices/desk?${new URLSearchParams({ group, mode: 'in' })}`);
await page.locator('.scan-desk').waitFor();
sent.length = 0;
const all = Array.from({ length: 30 }, (_, at) => at + 1).flatMap((number) =>
  (number % 15 === 0 ? [`IT/${number}`, `it ${number}`] : [`IT/${number}`]));
for (const code of all) {
  await scan(code);
  await ready(code);
}
await held('all are sent', async () => asked('POST /devices/desk/queue') >= all.length);
await held('all are back', async () => (await state()).includes('Wszystkie skany są wysłane'));
assert.equal(await conflicts.count(), 0);
await held('the list follows', async () => (await page.locator('#class').textContent()).includes('0 z 30'));
await tookScansAlone(all);
await shot('back');
console.log(`30 taken back in ${((Date.now() - returned) / 1000).toFixed(0)} s`);
assert.deepEqual(faults, []);
await browser.close();
