// What every page is held to: axe in light and dark, 320 px without sideways scrolling, controls that are seen with forced colours; and
// nothing that breaks, is missing or is refused on the way.

import assert from 'node:assert/strict';
import { newWindow, pictures, signIn, violations, violationsOf } from './chromium.mjs';
import { standingOut } from './contrast.mjs';

/** The pixels of a control that stand out against its commonest colour by 3:1 (WCAG 2.2, 1.4.11): fewer of them are no border and no word. */
const LEAST_PIXELS = 12;

/** Looks at pages in this browser. `script`: names its pictures; `org`, `password`: of those who sign in. */
export function examiner({ browser, address, script, org, password }) {
  const shot = pictures(script);
  const faults = [];

  /** A window of its own. `one.mayRefuse` holds the addresses whose refusal is wished for. */
  async function visitor(settings = {}) {
    const broke = (fault) => faults.push(fault);
    const { context, page } = await newWindow(browser, address, broke, { reducedMotion: 'reduce', ...settings });
    const mayRefuse = new Set();
    // Whatever is not there, refused by the policy or broken is told on the console.
    page.on('console', (message) => {
      const { url } = message.location();
      if (message.type() === 'error' && !mayRefuse.has(url)) faults.push(`${page.url()}, console: ${message.text()} ${url}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400 && !mayRefuse.has(response.url())) {
        faults.push(`${page.url()}: ${response.status()} ${response.url()}`);
      }
    });
    return { context, page, mayRefuse };
  }

  async function signedIn(login, settings) {
    const one = await visitor(settings);
    await signIn(one.page, `${login}@${org}`, password);
    return one;
  }

  /** The page at this address, which answers with this status. `unfolds`: what is folded up is looked at as well. */
  async function examine(page, name, path, { status = 200, unfolds = false, ...how } = {}) {
    await wide(page);
    const answer = await page.goto(path);
    assert.equal(answer.status(), status, `${name}: ${path}`);
    if (unfolds) await page.$$eval('main details.details', (all) => all.forEach((one) => { one.open = true; }));
    await look(page, name, how);
  }

  /** A refusal at this address. */
  async function refused({ page, mayRefuse }, name, path, status) {
    mayRefuse.add(new URL(path, address).href);
    await examine(page, name, path, { status });
    assert.ok((await page.innerText('h1')).trim(), `${name} says what happened`);
  }

  /** The form of the page at this address, sent as it stands and refused. */
  async function formRefused(one, name, path, form, status) {
    await one.page.goto(path);
    await sentAndRefused(one, name, form, { status });
  }

  /** The form of the open page, sent and refused: the page says so on top, and every sentence of its summary leads to its field. */
  async function sentAndRefused({ page, mayRefuse }, name, form, { status = 422, button = '[type=submit]' } = {}) {
    const to = await page.locator(form).first().evaluate((one) => {
      // What the browser itself would hold back is sent: the server's answer is what is looked at.
      one.noValidate = true;
      return new URL(one.getAttribute('action') ?? '', window.location.href).href;
    });
    mayRefuse.add(to);
    const [answer] = await Promise.all([
      page.waitForNavigation({ waitUntil: 'load' }),
      page.locator(`${form} ${button}`).first().click(),
    ]);
    assert.equal(answer.status(), status, `${name}: ${await page.innerText('main')}`);
    if (status === 422) await summary(page, name);
    await wide(page);
    await look(page, name);
  }

  async function wide(page) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await colours(page, 'light');
  }

  /** The page that is open: by axe, in both colours unless `dark` is false, then narrow. */
  async function look(page, name, { dark = true } = {}) {
    if (await page.locator('leptos-island').count()) await page.waitForLoadState('networkidle');
    for (const colorScheme of dark ? ['light', 'dark'] : ['light']) {
      await colours(page, colorScheme);
      await shot(page, `${name}-${colorScheme}`);
      // The structure is the same in both; of the dark one only colours can be wrong.
      const found = colorScheme === 'light'
        ? await violations(page)
        : await violationsOf(page, ['color-contrast', 'link-in-text-block']);
      for (const { id, help, nodes } of found) {
        for (const node of nodes) {
          faults.push(`${name}, ${colorScheme}: ${id} (${help}): ${node.html.slice(0, 200)} ${node.any[0]?.message ?? ''}`);
        }
      }
    }
    await colours(page, 'light');
    await narrow(page, name);
    console.log(name);
  }

  /** In a window of 320 px nothing is wider than it, but for what scrolls by itself. */
  async function narrow(page, name) {
    await page.setViewportSize({ width: 320, height: 640 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    await shot(page, `${name}-320`);
    if (width > 320) {
      const wide = await page.evaluate(() => [...document.querySelectorAll('body *')]
        .filter((one) => one.getBoundingClientRect().right > 320.5 && !one.closest('header, footer, .scroller'))
        .map((one) => `${one.tagName}.${one.className} ${Math.round(one.getBoundingClientRect().width)} px`));
      faults.push(`${name}: ${width} px wide in a window of 320: ${wide.slice(0, 12).join(', ')}`);
    }
  }

  return { faults, shot, visitor, signedIn, examine, refused, formRefused, sentAndRefused, look, narrow };
}

/** Light or dark, once no colour is on its way any more. */
async function colours(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))));
}

/** A summary of what is wrong stands on top of the page, and each of its links leads to something that is there. */
async function summary(page, name) {
  const links = await page.$$eval('.error-summary a[href^="#"]', (all) =>
    all.map((one) => [one.textContent.trim(), Boolean(document.getElementById(one.hash.slice(1)))]));
  assert.ok(links.length, `${name}: a summary of what is wrong`);
  for (const [text, there] of links) assert.ok(text && there, `${name}: "${text}" leads to its field`);
  assert.ok(await page.locator('[aria-invalid=true]').count(), `${name}: the field is marked`);
}

/** With forced colours every control in `within` is seen: something of it stands out against what is behind it. */
export async function seenWithForcedColours(browser, page, name, within) {
  await page.emulateMedia({ forcedColors: 'active' });
  const eye = await browser.newPage();
  const lost = [];
  const controls = await page.locator(`${within} :is(button, select, input, textarea, a[href], summary)`).all();
  let looked = 0;
  for (const control of controls) {
    const box = await control.boundingBox();
    if (!box || box.width < 8 || box.height < 8 || !(await control.isVisible())) continue;
    const picture = await control.screenshot({ animations: 'disabled' });
    const pixels = await standingOut(eye, picture.toString('base64'));
    looked += 1;
    if (pixels < LEAST_PIXELS) lost.push(`${pixels} px of ${await control.evaluate((one) => one.outerHTML.slice(0, 160))}`);
  }
  await eye.context().close();
  await page.emulateMedia({ forcedColors: 'none' });
  assert.ok(looked, `${name}: there are controls in ${within}`);
  assert.deepEqual(lost, [], `${name}: with forced colours nothing is seen of these`);
}
