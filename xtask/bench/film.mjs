// Sends a film as its author does in a browser, and waits until the page plays it. Prints one line of JSON.
//
// node film.mjs BROWSER ADDRESS LOGIN PASSWORD FILM.mp4

import { PLAYS_BY_ITSELF, launch } from './browser.mjs';

const [executablePath, address, login, password, film] = process.argv.slice(2);
const COURSE = 'pomiar-filmu';

const browser = await launch(executablePath, PLAYS_BY_ITSELF);
try {
  const page = await (await browser.newContext({ locale: 'pl-PL', baseURL: address })).newPage();
  page.setDefaultTimeout(60_000);
  const submit = async (form) => {
    const [answer] = await Promise.all([
      page.waitForNavigation({ waitUntil: 'load' }),
      page.locator(`${form} button[type=submit]`).first().click(),
    ]);
    if (answer.status() >= 400) throw new Error(`${form} at ${page.url()}: ${answer.status()}`);
  };
  await page.goto('/sign-in');
  await page.fill('[name=name]', login);
  await page.fill('[name=password]', password);
  await submit('form[action="/sign-in"]');

  await page.goto('/teaching/new');
  await page.fill('[name=title]', 'Pomiar filmu');
  await page.fill('[name=summary]', 'Próba.');
  await page.fill('[name=slug]', COURSE);
  await submit('form[action="/teaching/new"]');
  await page.fill('[name=section_title]', 'Część');
  await submit('form[action$="/sections"]');
  await page.fill('[name=unit_title]', 'Wykład');
  await submit('form[action$="/units"]');
  if (!/\/units\//.test(page.url())) {
    await Promise.all([page.waitForNavigation(), page.getByRole('link', { name: 'Wykład', exact: true }).click()]);
  }
  const unit = new URL(page.url()).pathname;
  await page.goto(unit);
  await submit(`form[action="${unit}/film"]`);
  await page.waitForFunction(() => document.querySelector('[data-part=file]')?.required === false);
  await page.setInputFiles('[data-part=file]', film);

  let ended;
  page.on('response', (response) => {
    if (response.url().includes('/api/tus/') && response.request().method() === 'PATCH' && response.status() === 204) {
      ended = Date.now();
    }
  });
  const begun = Date.now();
  await page.click('[data-part=start]');

  // The page goes on by itself: progress, then the player.
  await page.locator('[data-part=controls]').waitFor({ timeout: 300_000 });
  const player = Date.now();
  if (!ended) throw new Error('the end of the upload was not seen');
  await page.click('[data-part=play]');
  await page.waitForFunction(() => {
    const video = document.querySelector('[data-part=video]');
    return video.videoWidth > 0 && video.currentTime > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 0;
  }, undefined, { timeout: 120_000, polling: 20 });
  const picture = Date.now();
  const width = await page.$eval('[data-part=video]', (video) => video.videoWidth);
  const stillMade = await page.locator('form[action$="/film/cancel"]').count() > 0;
  console.log(JSON.stringify({
    upload_s: (ended - begun) / 1000,
    player_s: (player - ended) / 1000,
    picture_s: (picture - ended) / 1000,
    width,
    still_made: stillMade,
  }));
} finally {
  await browser.close();
}
