// Pages that say no, by the same rules as all others: refused forms with their summary, what is not there, not allowed, no page or
// overtaken; and the doors of one-time links.
//
// node refused.mjs ADDRESS, after main.mjs at the same address and with the same settings (ORG, ADA, JAN, OLA, ADMIN, PASSWORD, COURSE).

import assert from 'node:assert/strict';
import { launch, links, submit } from './chromium.mjs';
import { examiner } from './examine.mjs';

const [address] = process.argv.slice(2);
const {
  ORG = 'brzozow', ADA = 'ada', JAN = 'jan', OLA = 'ola', ADMIN = 'admin', PASSWORD = 'zielona kreda', COURSE = 'pierwsze-kroki',
} = process.env;

const browser = await launch();
const { faults, visitor, signedIn, examine, refused, formRefused, sentAndRefused, look } = examiner({
  browser, address, script: 'refused', org: ORG, password: PASSWORD,
});

// Nobody.
const nobody = await visitor();
await formRefused(nobody, 'sign-in, empty', '/sign-in', 'form[action="/sign-in"]');
await nobody.page.goto('/sign-in');
await nobody.page.fill('[name=name]', `${JAN}@${ORG}`);
await nobody.page.fill('[name=password]', 'czerwona kreda');
await sentAndRefused(nobody, 'sign-in, wrong', 'form[action="/sign-in"]');
assert.equal(await nobody.page.inputValue('[name=name]'), `${JAN}@${ORG}`, 'what was typed is still there');
await refused(nobody, 'not there', '/nie-ma', 404);
await refused(nobody, 'a form’s address', '/sign-out', 405);
await refused(nobody, 'a used link of the set-up', '/setup/zgadywanka', 404);
await refused(nobody, 'a used link of a password', '/password/zgadywanka', 404);
await nobody.context.close();

// Who learns.
const jan = await signedIn(JAN);
await formRefused(jan, 'password, empty', '/account', 'form[action="/account/password"]');
await refused(jan, 'not allowed', '/devices', 403);
await refused(jan, 'a course that is not there', '/courses/nie-ma', 404);
await jan.context.close();

// Who teaches: a course without a title, chapters that are no times, and a text that somebody else saved meanwhile.
const ada = await signedIn(ADA);
const { page } = ada;
await formRefused(ada, 'new course, empty', '/teaching/new', 'form[action="/teaching/new"]');
await page.goto(`/teaching/${COURSE}`);
const units = (await links(page, `/teaching/${COURSE}/units/`)).filter((href) => /\/units\/[^/]+$/.test(href));
await page.goto(`${units[1]}/film/chapters`);
const before = await page.inputValue('[name=chapters]');
await page.fill('[name=chapters]', 'kiedyś Wstęp');
await sentAndRefused(ada, 'chapters', 'form[action$="/film/chapters"]');
assert.equal(await page.inputValue('[name=chapters]'), 'kiedyś Wstęp', 'what was typed is still there');
await page.goto(`${units[1]}/film/chapters`);
assert.equal(await page.inputValue('[name=chapters]'), before, 'and nothing of it was kept');

await page.goto(units[0]);
const other = await ada.context.newPage();
await other.goto(units[0]);
const text = await other.inputValue('#f-text');
await other.fill('#f-text', `${text}\n\nZdanie pierwszej osoby.\n`);
await submit(other, `form[action="${units[0]}"]`, 'button[value=save]');
await other.close();
await page.fill('#f-text', `${text}\n\nZdanie drugiej osoby.\n`);
await sentAndRefused(ada, 'overtaken', `form[action="${units[0]}"]`, { status: 409, button: 'button[value=save]' });
assert.match(await page.innerText('main'), /Zdanie pierwszej osoby\./, 'the second reads what the first wrote');
assert.match(await page.inputValue('#f-text'), /Zdanie drugiej osoby\./, 'and has their own still');
await ada.context.close();

// Who administers; and the person to whom they give a link.
const admin = await signedIn(ADMIN);
await formRefused(admin, 'new person, empty', '/people/new', 'form[action="/people/new"]');
await formRefused(admin, 'new group, empty', '/groups/new', 'form[action="/groups/new"]');
await admin.page.goto('/people');
const ola = await admin.page.locator('main a[href^="/people/"]').filter({ hasText: new RegExp(OLA, 'i') }).first().getAttribute('href');
await admin.page.goto(ola);
await submit(admin.page, `form[action="${ola}/password-link"]`);
const [link] = /\/password\/[A-Za-z0-9_-]+/.exec(await admin.page.innerText('main')) ?? [];
assert.ok(link, 'the page shows the link');
await look(admin.page, 'a one-time link');
await admin.context.close();
const given = await visitor();
await examine(given.page, 'password', link);
await formRefused(given, 'password, empty', link, `form[action="${link}"]`);
await given.context.close();

await browser.close();
assert.equal(faults.length, 0, `\n${faults.join('\n')}`);
