// The browser of the scripts beside this one: how it is started, what is waited for, how one signs in and sends a form, what axe looks at.

import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The machine's own Chromium, the one that `cargo xtask test` found; `more`: arguments of this script alone. */
export const launch = (...more) => chromium.launch({
  executablePath: process.env.TABLICA_BROWSER ?? '/usr/bin/chromium', args: [...ARGS, ...more], timeout: 180_000,
});

/** Milliseconds that a page may take: only a fault takes so long, on a busy machine too. */
export const PATIENCE_MS = 180_000;

/** A window of its own and a page in it. `broke` is told what breaks there. */
export async function newWindow(browser, address, broke, settings = {}) {
  const context = await browser.newContext({ locale: 'pl-PL', baseURL: address, ...settings });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.on('pageerror', (error) => broke(`${page.url()}: ${error}`));
  return { context, page };
}

/** Waits until `look` gives something true, and answers it. `ms`: where the time itself counts, or more of it is needed. */
export async function until(what, look, ms = PATIENCE_MS) {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    assert.ok(Date.now() < end, `not within ${ms / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Where the links of a page lead that begin so, each once. */
export const links = (page, start) => page.$$eval('main a', (all, start) =>
  [...new Set(all.map((one) => one.getAttribute('href')))].filter((href) => href?.startsWith(start)), start);

/** What the film of a page says of itself, such as `currentTime`. */
export const video = (page, what) => page.$eval('[data-part=video]', (video, what) => video[what], what);

/** Pictures of whole pages, named after the script; none without the setting SHOTS (a folder). */
export const pictures = (script) => async (page, name) => {
  const { SHOTS } = process.env;
  const file = name.replace(/[^\p{L}\p{N}…]+/gu, '-');
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${script}-${file}.png`, fullPage: true });
};

/** Does `act` and waits for the page that follows; a page of a refused form is an error. */
async function sent(page, what, act) {
  const [answer] = await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), act()]);
  assert.ok(answer.status() < 400, `${what} at ${page.url()}: ${answer.status()} ${await page.innerText('main')}`);
}

const click = (page, form, button) => page.locator(`${form} ${button}`).first().click();

/** Sends a form by its button. */
export async function submit(page, form, button = 'button[type=submit]') {
  await sent(page, form, () => click(page, form, button));
}

/** Signs in, by the button or by the key Enter. `name`: login@organisation. */
export async function signIn(page, name, password, by = 'button') {
  const form = 'form[action="/sign-in"]';
  await page.goto('/sign-in');
  await page.fill('[name=name]', name);
  await page.fill('[name=password]', password);
  await sent(page, form, () => (by === 'Enter' ? page.keyboard.press('Enter') : click(page, form, 'button[type=submit]')));
  assert.equal(new URL(page.url()).pathname, '/', `${name} is signed in`);
}

/** What axe finds on a page by every rule of WCAG 2.2 AA, the size of targets among them. */
export async function violations(page) {
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  axe.options({ runOnly: TAGS, rules: { 'target-size': { enabled: true } } });
  return (await axe.analyze()).violations;
}

/** What axe finds of these rules alone. */
export async function violationsOf(page, rules) {
  return (await new AxeBuilder({ page }).setLegacyMode(true).withRules(rules).analyze()).violations;
}
