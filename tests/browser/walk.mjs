// The walk of the clerk through the demonstration, with pictures for docs/sprzet-krok-po-kroku.md.
//
// node walk.mjs ADDRESS FOLDER: the program as `cargo xtask up` starts it, on a fresh data folder; pictures go into FOLDER. Among the tests it
// is walked into a folder of their own, so that the pages cannot go another way than the document says.
// It hands devices out and takes one back, so it can be walked once on one data folder.

import assert from 'node:assert/strict';
import { launch, signIn } from './chromium.mjs';

const [address, folder] = process.argv.slice(2);
const browser = await launch('--lang=pl');
const context = await browser.newContext({ baseURL: address, viewport: { width: 1000, height: 720 }, locale: 'pl-PL' });
context.setDefaultTimeout(120_000);
const page = await context.newPage();

let number = 0;
async function picture(name, height = 720) {
  number += 1;
  await page.setViewportSize({ width: 1000, height });
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: `${folder}/${number}-${name}.png` });
}

async function scan(code) {
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  await page.waitForFunction((said) => document.querySelector('[data-part=said]').textContent.startsWith(said), code);
}

await signIn(page, 'wanda.kalinowa@sp2', 'tablica-demo', 'Enter');

await page.goto('/devices');
await picture('ewidencja', 1000);

await page.goto('/devices/desk');
await page.selectOption('[name=group]', { label: '6b' });
await page.selectOption('[name=event]', { index: 1 });
await picture('ustawienia', 1060);
await page.getByRole('button', { name: 'Rozpocznij' }).click();
await page.locator('.scan-desk').waitFor();
for (const code of ['SP2/ZS/6/2020', 'SP2/ZS/7/2020', 'SP2/ZS/8/2020']) await scan(code);
await page.waitForFunction(() => document.querySelector('#class').textContent.includes('SP2/ZS/8/2020'));
await picture('wydawanie', 1150);
await context.setOffline(true);
await page.keyboard.type('SP2/ZS/9/2020\n');
await page.keyboard.type('SP2/ZS/1/2020\n');
await page.waitForFunction(() => document.querySelector('[data-part=state]').textContent.includes('2'));
await picture('bez-sieci', 640);
await context.setOffline(false);
await page.locator('[data-part=conflicts] > li').waitFor();
await picture('konflikt', 900);

await page.goto('/devices/returns');
await page.waitForFunction(() => document.activeElement.name === 'code');
await page.keyboard.type('SP2/ZS/1/2020\n');
await page.locator('[name=damaged]').waitFor();
await page.selectOption('[name=grade]', 'D');
await page.getByLabel('Ekran bez pęknięć').uncheck();
await page.getByLabel('zasilacz').uncheck();
await page.getByLabel('Uszkodzony: odłóż do kwarantanny').check();
await page.fill('[name=note]', 'Pęknięty lewy górny róg ekranu.');
await picture('zwrot', 1330);
await page.locator('main form [type=submit]').first().click();
await page.waitForLoadState('load');
assert.match(await page.innerText('main'), /przyjęto zwrot/);
await picture('po-zwrocie', 640);

await page.goto('/devices/loans?show=overdue');
assert.ok(await page.locator('main tbody tr').count(), 'somebody is late');
await picture('po-terminie', 800);

await page.goto('/devices/declarations');
assert.match(await page.innerText('h1'), /oświadczenia/i);
await picture('oswiadczenia', 800);
await browser.close();
console.log(`${number} pictures`);
