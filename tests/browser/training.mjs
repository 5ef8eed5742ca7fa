// The pages of training, tests, certificates, films, versions and the common catalogue by the rules (axe, 320 px, script off), as those
// who work with them: a head, an administrator, an author, a reviewer, learners, the administrator of the installation, and nobody.
//
// node training.mjs ADDRESS FILE: FILE holds, as JSON, `must`: by login the addresses that each must see (nobody: ""), and `all`: every
// address of these areas. What of `all` nobody was sent to yet is looked at by whoever is shown it as a page.
// Settings: ORG, PASSWORD, SHOTS (folder for pictures).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { launch, submit } from './chromium.mjs';
import { examiner } from './examine.mjs';

const [address, file] = process.argv.slice(2);
const { ORG = 'brzozow', PASSWORD = 'zielona kreda' } = process.env;
const { must, all } = JSON.parse(readFileSync(file, 'utf8'));

/** More than any form without files may hold (256 KiB). */
const TOO_MUCH = 'x'.repeat(1 << 20);

const browser = await launch();
const { faults, visitor, signedIn, examine, look, sentAndRefused } = examiner({
  browser, address, script: 'training', org: ORG, password: PASSWORD,
});

/** Ids, keys and secrets of an address say nothing in a name. */
const nameOf = (who, path) => `${who} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…').replace(/(certificates\/)[^/…]{12,}$/, '$1…')}`;

/** What a page has that must be there without script as well: its heading, its forms that are sent to an address, how much it says. */
const told = (page) => page.evaluate(() => {
  for (const one of document.querySelectorAll('main details.details')) one.open = true;
  const seen = (one) => one.checkVisibility({ visibilityProperty: true });
  const forms = [...document.querySelectorAll('main form[action]')].filter((form) => seen(form)
    && [...form.querySelectorAll('button:not([type=button]), input[type=submit]')].some(seen));
  return {
    heading: [...document.querySelectorAll('h1')].map((one) => one.textContent.trim()),
    forms: [...new Set(forms.map((form) => `${form.method} ${form.getAttribute('action')}`))].sort(),
    words: document.querySelector('main').innerText.length,
  };
});

/** The page in the window without script says the same and has the same forms. */
async function withoutScript(page, plain, name, path) {
  const wanted = await told(page);
  const answer = await plain.page.goto(path);
  assert.equal(answer.status(), 200, `${name} without script`);
  const found = await told(plain.page);
  if (found.heading.length !== 1 || !found.heading[0]) faults.push(`${name}: one h1, not ${JSON.stringify(found.heading)}`);
  const missing = wanted.forms.filter((form) => !found.forms.includes(form));
  if (missing.length) faults.push(`${name}: without script there is no ${missing.join(', ')}`);
  if (found.words < wanted.words / 2) faults.push(`${name}: without script ${found.words} of ${wanted.words} letters`);
}

const looked = new Set();

/** The pages of one person: those that they must see, then what is left of all. */
async function walk(login) {
  const who = login || 'nobody';
  const open = (settings) => (login ? signedIn(login, settings) : visitor(settings));
  const one = await open();
  const plain = await open({ javaScriptEnabled: false });
  let first = true;
  const visit = async (path) => {
    const name = nameOf(who, path);
    // Of the dark one only colours could differ, and those stand in one file for all pages: one page a person is enough.
    try {
      await examine(one.page, name, path, { dark: first, unfolds: true });
      await withoutScript(one.page, plain, name, path);
    } catch (error) {
      // The other pages are looked at all the same.
      faults.push(`${name} (${path}): ${error.message}`);
    }
    first = false;
    looked.add(path);
  };
  for (const path of must[login]) await visit(path);
  const left = [];
  for (const path of all.filter((path) => !looked.has(path))) {
    const answer = await one.context.request.get(path, { maxRedirects: 0 });
    const kind = answer.headers()['content-type'] ?? '';
    const page = answer.status() === 200 && kind.startsWith('text/html') && /^<!doctype html>/i.test(await answer.text());
    if (answer.status() >= 500) faults.push(`${path} as ${who}: ${answer.status()}`);
    await answer.dispose();
    if (page) await visit(path);
    else left.push(`${answer.status()} ${path}`);
  }
  console.log(`${who}: no page:\n  ${left.join('\n  ')}`);
  await plain.context.close();
  return one;
}

// Those who must see pages of their own come first; `all` is shared out among them.
const author = await walk('ada');
const { page } = author;
// A body that is larger than any form: the page says so.
await page.goto('/teaching/new');
await page.$eval('main form [name=summary]', (field, text) => { field.value = text; }, TOO_MUCH);
await sentAndRefused(author, 'a form that is too large', 'main form[action="/teaching/new"]', { status: 413 });
assert.ok((await page.innerText('h1')).trim(), 'a form that is too large: the page says what happened');
await author.context.close();

for (const login of ['szef', 'hala', 'ela', 'rita', 'root']) await (await walk(login)).context.close();

// The calendar: its address is shown once, and can be taken back.
const jan = await walk('jan');
await jan.page.goto('/notices/settings');
await submit(jan.page, 'form[action="/notices/calendar"]');
assert.match(await jan.page.innerText('main code'), /\/calendar\/\S+\.ics/);
await jan.page.setViewportSize({ width: 1280, height: 800 });
await look(jan.page, 'jan, the address of the calendar', { dark: false });
await examine(jan.page, 'jan, settings with a calendar', '/notices/settings', { dark: false });
await jan.page.goto('/notices/settings');
await jan.page.fill('[name=quiet_from]', '');
await sentAndRefused(jan, 'jan, settings refused', 'form[action="/notices/settings"]');
await jan.context.close();

// A question of the review is answered without script, and what it tells is looked at.
const ola = await walk('ola');
await ola.page.goto('/review');
await ola.page.goto(await ola.page.getAttribute('main a[href^="/review/"]', 'href'));
await submit(ola.page, 'main form', '[name=give_up]');
await ola.page.setViewportSize({ width: 1280, height: 800 });
await look(ola.page, 'ola, what is right', { dark: false });
await ola.context.close();

// A form that a page of another site sends is refused on a page like any other.
const nobody = await walk('');
await nobody.page.goto('about:blank');
await nobody.page.setContent(`<form method="post" action="${address}/certificates"><input name="number" value="x"><button type="submit">x</button></form>`);
await sentAndRefused(nobody, 'a form of another site', 'form', { status: 403 });
assert.ok((await nobody.page.innerText('h1')).trim(), 'a form of another site: the page says what happened');
await nobody.context.close();

await browser.close();
assert.ok(looked.size >= 110, `only ${looked.size} pages were looked at`);
assert.equal(faults.length, 0, `\n${faults.join('\n')}`);
