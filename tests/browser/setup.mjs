// The first hour of an installation: the set-up form, refused and then filled in, and the pages of who administers the installation.
//
// node setup.mjs ADDRESS LINK: LINK is the one-time address of the set-up. Settings: PASSWORD, SHOTS (folder for pictures).

import assert from 'node:assert/strict';
import { launch, signIn, submit } from './chromium.mjs';
import { examiner } from './examine.mjs';

const [address, link] = process.argv.slice(2);
const { PASSWORD = 'zielona kreda' } = process.env;

const browser = await launch();
const { faults, visitor, examine, refused, formRefused } = examiner({ browser, address, script: 'setup', password: PASSWORD });

const first = await visitor();
const { page } = first;
await examine(page, 'set-up', link);
await formRefused(first, 'set-up, empty', link, `form[action="${link}"]`);
for (const [name, value] of [
  ['organisation_name', 'Urząd Miejski'], ['organisation_slug', 'urzad'], ['given_name', 'Jadwiga'], ['family_name', 'Olszańska'],
  ['login', 'jadwiga'], ['password', PASSWORD], ['password_again', PASSWORD],
]) await page.fill(`[name=${name}]`, value);
await page.check('[name=kind][value=office]');
await submit(page, `form[action="${link}"]`);
assert.equal(new URL(page.url()).pathname, '/sign-in', 'whoever has set up signs in');
first.mayRefuse.clear();
await refused(first, 'set-up, used', link, 404);
await signIn(page, 'jadwiga@urzad', PASSWORD);
await examine(page, 'an empty home', '/');
for (const path of ['/organisations', '/organisations/new', '/organisations/positions', '/organisations/films', '/positions', '/people', '/units',
  '/groups']) {
  await examine(page, `empty ${path.slice(1)}`, path);
}
await formRefused(first, 'new organisation, empty', '/organisations/new', 'form[action="/organisations/new"]');
await first.context.close();

await browser.close();
assert.equal(faults.length, 0, `\n${faults.join('\n')}`);
