// Every page of the devices by the rules (axe, 320 px), as everybody who may read it: the clerk, a guardian, a borrower, and who has no account.
//
// node devices.mjs ADDRESS FILE: FILE holds, as JSON, the list of all addresses of devices that are read. Everybody tries all of them; what
// answers with a file, a redirect or a refusal is no page of theirs.
// Settings: ORG, CLERK, GUARDIAN, BORROWER, PASSWORD, SHOTS (folder for pictures).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { launch } from './chromium.mjs';
import { examiner } from './examine.mjs';

const [address, file] = process.argv.slice(2);
const {
  ORG = 'brzozow', CLERK = 'klara', GUARDIAN = 'ciocia', BORROWER = 'jan', PASSWORD = 'zielona kreda',
} = process.env;
const addresses = JSON.parse(readFileSync(file, 'utf8'));

const browser = await launch();
const { faults, visitor, signedIn, examine, formRefused, refused } = examiner({
  browser, address, script: 'devices', org: ORG, password: PASSWORD,
});

/** Ids and codes of an address, which say nothing in a name. */
const nameOf = (who, path) => `${who} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')}`;

/** Looks at every address that is a page for this person; answers which are. */
async function walk(who, { context, page }) {
  const seen = [];
  const left = [];
  for (const path of addresses) {
    const answer = await context.request.get(path, { maxRedirects: 0 });
    const kind = answer.headers()['content-type'] ?? '';
    assert.ok(answer.status() < 500, `${path} as ${who}: ${answer.status()}`);
    await answer.dispose();
    if (answer.status() === 200 && kind.startsWith('text/html')) {
      // Of the dark one only colours could differ, and those stand in one file for all pages: `pages.mjs` looks at them.
      await examine(page, nameOf(who, path), path, { dark: false });
      seen.push(path);
    } else {
      left.push(`${answer.status()} ${kind.split(';')[0]} ${path}`);
    }
  }
  console.log(`${who}: ${seen.length} pages; no page:\n  ${left.join('\n  ')}`);
  return seen;
}

const clerk = await signedIn(CLERK);
const kept = await walk('clerk', clerk);
assert.ok(kept.length >= 55, `the clerk has pages to read: ${kept.length}`);
for (const form of ['/devices/new', '/devices/models/new', '/devices/places/new', '/devices/lots/new', '/devices/programmes/new']) {
  await formRefused(clerk, `${form}, refused`, form, `main form[method=post][action="${form}"]`);
}
await refused(clerk, 'a device that is not there', '/devices/assets/00000000-0000-7000-8000-000000000000', 404);
await clerk.context.close();

for (const [who, login, least] of [['guardian', GUARDIAN, 4], ['borrower', BORROWER, 5]]) {
  const one = await signedIn(login);
  const own = await walk(who, one);
  assert.ok(own.length >= least && own.includes('/my-devices'), `${who} has pages of their own: ${own}`);
  assert.ok(!own.some((path) => path.startsWith('/devices')), `${who} reads no page of the register: ${own}`);
  await refused(one, `the register, as ${who}`, '/devices', 403);
  await one.context.close();
}

const anybody = await visitor();
const open = await walk('visitor', anybody);
for (const start of ['/statistics/', '/d/']) {
  assert.ok(open.some((path) => path.startsWith(start)), `anybody reads ${start}: ${open}`);
}
assert.ok(!open.some((path) => /^\/(my-)?devices/.test(path)), `and nothing else: ${open}`);
await anybody.context.close();

await browser.close();
assert.equal(faults.length, 0, `\n${faults.join('\n')}`);
