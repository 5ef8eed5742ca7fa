// The pages of a course by the rules: axe in light and dark, 320 px wide, and without script.
//
// node pages.mjs ADDRESS, after main.mjs at the same address and with the same settings (ORG, ADA, JAN, PASSWORD, COURSE,
// SHOTS); with ADMIN also the pages of people.

import assert from 'node:assert/strict';
import { launch, links, submit } from './chromium.mjs';
import { examiner, seenWithForcedColours } from './examine.mjs';

const [address] = process.argv.slice(2);
const {
  ORG = 'brzozow', ADA = 'ada', JAN = 'jan', PASSWORD = 'zielona kreda', COURSE = 'pierwsze-kroki', ADMIN,
} = process.env;

const browser = await launch();
const { faults, shot, visitor, signedIn, examine, narrow } = examiner({
  browser, address, script: 'pages', org: ORG, password: PASSWORD,
});

/** Chooses the language as a person does: by the button on a page. */
async function speak(page, language, path) {
  await page.goto(path);
  const button = page.locator(`form[action="/language"] button[value="${language}"]`).first();
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), button.click()]);
}

/** Pages in another language: all there, and nothing runs over. */
async function inOtherLanguages(page, name, paths) {
  for (const language of ['en', 'uk']) {
    await speak(page, language, paths[0]);
    for (const path of paths) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(path);
      assert.equal(await page.getAttribute('html', 'lang'), language, path);
      const label = `${name}-${language}-${path.replace(/[^a-z]+/g, '-')}`;
      await shot(page, label);
      await narrow(page, label);
      await shot(page, `${label}-320`);
    }
  }
  await speak(page, 'pl', paths[0]);
}

/** How many rows these elements stand in. */
const rows = (page, selector) => page.$$eval(selector, (all) =>
  new Set(all.map((one) => Math.round(one.getBoundingClientRect().top / 4))).size);

// Who is not signed in.
const nobody = await visitor();
await examine(nobody.page, 'sign-in', '/sign-in');
assert.equal(await nobody.page.locator('header .sign-in').count(), 0, 'the page that signs in does not lead to itself');
assert.ok(await nobody.page.locator('link[rel=icon]').count(), 'the page has an icon');
await examine(nobody.page, 'certificate-number', '/certificates');
await inOtherLanguages(nobody.page, 'nobody', ['/sign-in', '/statement', '/api/v1', '/certificates']);
await nobody.context.close();

// Who learns.
const jan = await signedIn(JAN);
await examine(jan.page, 'home', '/');
await examine(jan.page, 'catalogue', '/catalogue');
await examine(jan.page, 'search', '/search?q=kontrast');
await examine(jan.page, 'search, nothing found', '/search?q=qqqqq');
await examine(jan.page, 'notices', '/notices');
await examine(jan.page, 'settings of notices', '/notices/settings');
await examine(jan.page, 'course', `/courses/${COURSE}`);
const units = await links(jan.page, `/courses/${COURSE}/`);
await examine(jan.page, 'unit', units[0]);
const scrolling = await jan.page.$$eval('.prose .scroller', (all) => all
  .filter((one) => one.scrollWidth > one.clientWidth)
  .map((one) => [one.firstElementChild.localName, one.tabIndex, one.getAttribute('aria-label')]));
for (const kind of ['table', 'math']) {
  assert.ok(scrolling.some(([name, stop, label]) => name === kind && stop === 0 && label), `${kind} scrolls: ${scrolling}`);
}
await examine(jan.page, 'lecture', units[1]);
await jan.page.locator('[data-part=controls]').waitFor();
for (const group of await jan.page.locator('.player-group').all()) {
  const wide = await group.evaluate((one) => one.getBoundingClientRect().width / one.parentElement.clientWidth);
  const over = await group.evaluate((one) => one.scrollWidth - one.clientWidth);
  assert.ok(over <= 0, `nothing runs out of the player at 320 px: ${over} px`);
  assert.ok(wide > 0.95, `at 320 px each group of the player fills its row: ${wide}`);
}
assert.equal(await rows(jan.page, '.player-group'), 3, 'three rows at 320 px');
await jan.page.setViewportSize({ width: 1280, height: 800 });
assert.equal(await rows(jan.page, '.player-group'), 1, 'one bar at 1280 px');
await seenWithForcedColours(browser, jan.page, 'the player', '.player');
await examine(jan.page, 'account', '/account');
await examine(jan.page, 'film-settings', '/account/films');
await jan.page.goto(units[1]);
await examine(jan.page, 'transcript', await jan.page.getAttribute('a[href*="/transcript"]', 'href'));
await jan.page.goto(units[1]);
await examine(jan.page, 'notes', await jan.page.getAttribute('#notes form.form', 'action'));
await examine(jan.page, 'kept-films', '/kept/films?language=pl');
await examine(jan.page, 'certificates', '/my-certificates');
await examine(jan.page, 'review', '/review');
await inOtherLanguages(jan.page, 'jan', ['/', '/catalogue', `/courses/${COURSE}`, ...units, '/account', '/notices', '/notices/settings', '/search', '/my-certificates', '/review']);
await jan.context.close();

// Who teaches.
const ada = await signedIn(ADA);
await examine(ada.page, 'teaching', '/teaching');
await examine(ada.page, 'new-course', '/teaching/new');
await examine(ada.page, 'studio', '/studio');
await examine(ada.page, 'several-films', `/teaching/${COURSE}/films`);
await examine(ada.page, 'draft', `/teaching/${COURSE}`);
const edited = (await links(ada.page, `/teaching/${COURSE}/units/`)).filter((href) => /\/units\/[^/]+$/.test(href));
await examine(ada.page, 'editor', edited[0]);
const box = (selector) => ada.page.locator(selector).boundingBox();
const below = [await box('#f-text'), await box('.preview-pane'), await box('[name=act][value=save]')];
assert.ok(below[0].y < below[1].y && below[1].y < below[2].y, 'narrow: text, preview, button');
await ada.page.setViewportSize({ width: 1280, height: 800 });
const beside = [await box('#f-text'), await box('.preview-pane')];
assert.ok(beside[1].x > beside[0].x + beside[0].width && beside[1].y < beside[0].y + 150, 'wide: the preview is beside the text');
await examine(ada.page, 'film', `${edited[1]}/film`);
for (const part of ['film/chapters', 'film/seen', 'film/companions', 'captions/pl']) await examine(ada.page, part.replace('/', '-'), `${edited[1]}/${part}`);
const tabs = ['settings', 'pictures', 'people', 'progress', 'publish', 'teachers', 'versions', 'review', 'reading', 'languages', 'document', 'copy', 'certificates'];
for (const tab of tabs) await examine(ada.page, `teaching-${tab}`, `/teaching/${COURSE}/${tab}`);
await examine(ada.page, 'teachers-found', `/teaching/${COURSE}/teachers?q=`);
await inOtherLanguages(ada.page, 'ada', ['/teaching', '/teaching/new', `/teaching/${COURSE}`, edited[0], `${edited[1]}/film`,
  ...tabs.map((tab) => `/teaching/${COURSE}/${tab}`)]);
await ada.context.close();

// Who administers.
if (ADMIN) {
  const admin = await signedIn(ADMIN);
  for (const path of ['/people', '/people/new', '/people/import', '/groups', '/units', '/films/storage']) {
    await examine(admin.page, path.slice(1).replace('/', '-'), path);
  }
  await examine(admin.page, 'person', (await admin.page.goto('/people')) && (await links(admin.page, '/people/'))
    .find((href) => /\/people\/[0-9a-f-]{36}$/.test(href)));
  await examine(admin.page, 'statement-form', '/organisation/statement');
  await examine(admin.page, 'certificates-form', '/organisation/certificates');
  await inOtherLanguages(admin.page, 'admin', ['/people', '/people/new', '/people/import', '/groups', '/units', '/organisation/statement',
    '/organisation/certificates']);
  await admin.context.close();
}

// Who has no account: the course is opened, residents may make accounts, and somebody reads it and asks for one.
if (ADMIN) {
  const opening = await signedIn(ADA);
  await examine(opening.page, 'open-ask', `/teaching/${COURSE}/open`);
  await submit(opening.page, `form[action="/teaching/${COURSE}/open"]`);
  await examine(opening.page, 'open-done', `/teaching/${COURSE}/open`);
  await opening.context.close();
  const welcoming = await signedIn(ADMIN);
  await examine(welcoming.page, 'residents', '/organisation/residents');
  await welcoming.page.check('[name=self_registration]');
  await welcoming.page.fill('[name=contact]', 'ul. Rynek 1, urzad@brzozow.example.org');
  await submit(welcoming.page, 'form[action="/organisation/residents"]');
  await inOtherLanguages(welcoming.page, 'residents', ['/organisation/residents']);
  await welcoming.context.close();
  const resident = await visitor();
  const outside = `/o/${ORG}/${COURSE}`;
  await examine(resident.page, 'open-list', `/o/${ORG}`);
  await examine(resident.page, 'open-course', outside);
  const read = (await links(resident.page, `${outside}/`)).filter((href) => !href.includes('?'));
  for (const [at, path] of read.slice(0, 2).entries()) await examine(resident.page, `open-unit-${at}`, path);
  await examine(resident.page, 'register', `/register/${ORG}/${COURSE}`);
  assert.deepEqual(await resident.context.cookies(), [], 'reading sets no cookie');
  assert.equal(await resident.page.evaluate(() => localStorage.length), 0, 'and keeps nothing in the browser');
  await inOtherLanguages(resident.page, 'open', [`/o/${ORG}`, outside, read[0], `/register/${ORG}/${COURSE}`]);
  await resident.context.close();
  const asks = await visitor({ javaScriptEnabled: false });
  await asks.page.goto(read[1] ?? read[0]);
  for (const path of await asks.page.$$eval('.player-plain a', (all) => all.map((one) => one.getAttribute('href')))) {
    const answer = await asks.context.request.get(path);
    assert.ok(answer.ok(), `${path}: ${answer.status()}`);
  }
  await asks.page.goto(`/register/${ORG}/${COURSE}`);
  for (const [name, value] of [['given_name', 'Zenon'], ['family_name', 'Mróz'], ['email', 'zenon@example.org']]) {
    await asks.page.fill(`[name=${name}]`, value);
  }
  await asks.page.check('[name=age]');
  await asks.page.check('[name=consent]');
  await submit(asks.page, `form[action="/register/${ORG}/${COURSE}"]`);
  assert.match(await asks.page.innerText('h1'), /Sprawdź skrzynkę/);
  assert.deepEqual(await asks.context.cookies(), [], 'asking sets no cookie either');
  await asks.context.close();
  console.log('without an account');
}

// Without script, by somebody who has finished nothing yet.
const plain = await signedIn('iga', { javaScriptEnabled: false });
await plain.page.goto(units[0]);
assert.ok(await plain.page.locator('.prose table').count(), 'the unit is read without script');
if (await plain.page.locator('form[action$="/reopen"]').count()) {
  await submit(plain.page, `form[action="${units[0]}/reopen"]`);
}
await shot(plain.page, 'unit-no-script');
await submit(plain.page, `form[action="${units[0]}/finish"]`);
await plain.page.goto(units[0]);
assert.ok(await plain.page.locator(`form[action="${units[0]}/reopen"]`).count(), 'a unit is finished without script');
await plain.page.goto(units[1]);
await shot(plain.page, 'lecture-no-script');
assert.ok(await plain.page.locator('.player-transcript li a').count(), 'what is said can be read without script');
const film = plain.page.locator('video[controls]');
assert.ok(await film.isVisible(), 'there is a video with its own controls');
const plainLinks = await plain.page.$$eval('.player-plain a', (all) => all.map((one) => one.getAttribute('href')));
assert.ok(plainLinks.some((href) => /\.(mp4|m3u8)$/.test(href)), `the film itself is linked: ${plainLinks}`);
for (const path of plainLinks) {
  const answer = await plain.context.request.get(path);
  assert.ok(answer.ok(), `${path}: ${answer.status()}`);
}
assert.ok(!(await plain.page.locator('[data-part=controls]').isVisible()), 'controls that need script are hidden');
await plain.page.setViewportSize({ width: 320, height: 640 });
await shot(plain.page, 'lecture-no-script-320');
await plain.context.close();
console.log('without script');

await browser.close();
assert.equal(faults.length, 0, `\n${faults.join('\n')}`);
