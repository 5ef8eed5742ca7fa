// A teacher with a phone: by touch on its small screen a film comes out of the camera, over tus, into a unit of the course.
//
// node phone.mjs ADDRESS FILM, after the stage of `films::stage` (the course "Kurs z filmem" of Ada). FILM is what the camera gives.
// Settings: ORG, ADA, PASSWORD, SHOTS (folder for pictures).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { devices } from 'playwright-core';
import { launch, newWindow, pictures, signIn, until, violations } from './chromium.mjs';

const [address, film] = process.argv.slice(2);
const { ORG = 'brzozow', ADA = 'ada', PASSWORD = 'zielona kreda' } = process.env;
const COURSE = '/teaching/kurs-z-filmem';

const browser = await launch();
const shot = pictures('phone');
const { page } = await newWindow(browser, address, assert.fail, devices['Pixel 7']);
await signIn(page, `${ADA}@${ORG}`, PASSWORD);
await page.goto(`${COURSE}/films`);
await until('the island is awake', () => page.$eval('[data-part=file]', (file) => !file.required));
assert.ok(await page.evaluate(() => matchMedia('(pointer: coarse)').matches), 'it is touched');
assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page fits the phone');
assert.deepEqual((await violations(page)).map(({ id }) => id), [], 'the page on a phone');

// What browsers of phones go by: the camera at once, of films, the one that looks away from the person.
const camera = page.locator('[data-part=camera]');
assert.deepEqual(await camera.evaluate((one) => [one.type, one.accept, one.getAttribute('capture'), one.multiple]),
  ['file', 'video/*', 'environment', false]);
const sent = [];
page.on('response', (answer) => {
  if (new URL(answer.url()).pathname.startsWith('/api/tus')) sent.push([answer.request().method(), answer.status()]);
});
const [chooser] = await Promise.all([page.waitForEvent('filechooser'), camera.tap()]);
await chooser.setFiles({ name: 'VID_20261121_1015.mp4', mimeType: 'video/mp4', buffer: readFileSync(film) });
// What was recorded is sent without another tap.
await until('it is sent', async () => (await page.textContent('[data-part=said]')).includes('Wszystkie pliki są wysłane'));
assert.ok(sent.some(([method, status]) => method === 'POST' && status === 201), `begun over tus: ${JSON.stringify(sent)}`);
assert.ok(sent.some(([method, status]) => method === 'PATCH' && status === 204), `sent over tus: ${JSON.stringify(sent)}`);
assert.match(await page.innerText('[data-part=files] > li'), /VID_20261121_1015\.mp4/);
await shot(page, 'sent');
await page.locator('[data-part=studio] a').tap();
await page.getByRole('heading', { name: 'VID 20261121 1015' }).waitFor();
await page.goto(COURSE);
await page.getByRole('link', { name: 'VID 20261121 1015', exact: true }).tap();
await page.waitForURL(/\/units\//);
assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the unit fits the phone too');
await shot(page, 'unit');
await browser.close();
