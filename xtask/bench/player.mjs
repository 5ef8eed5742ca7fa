// Opens the page of a film in a fresh Chromium, presses play as soon as that can be done, and waits for the first picture. Prints one
// line of JSON.
//
// node player.mjs BROWSER ADDRESS PATH COOKIES KILOBITS LATENCY
// COOKIES: name=value; name=value. KILOBITS: of the line, a second, each way; 0: as fast as it goes. LATENCY: of each request, in
// milliseconds.

import { PLAYS_BY_ITSELF, launch, wired } from './browser.mjs';

const [executablePath, address, path, cookies, kilobits, latency] = process.argv.slice(2);
/** Only a fault takes longer, in milliseconds. */
const PATIENCE = 180_000;

const late = (what) => new Promise((_, reject) => {
  setTimeout(() => reject(new Error(`${what} did not come within ${PATIENCE / 1000} s`)), PATIENCE).unref();
});

const browser = await launch(executablePath, PLAYS_BY_ITSELF);
try {
  const { page, wire } = await wired(browser, address, cookies);
  page.setDefaultTimeout(PATIENCE);
  if (Number(kilobits) > 0) {
    const throughput = (Number(kilobits) * 1000) / 8;
    await wire.send('Network.emulateNetworkConditions', {
      offline: false, latency: Number(latency), downloadThroughput: throughput, uploadThroughput: throughput,
    });
  }

  // What came: heads of redirects, and of the last answer its head and what has come of its body, until all of it is known.
  const requests = new Map();
  wire.on('Network.requestWillBeSent', ({ requestId, request, type, redirectResponse }) => {
    if (!request.url.startsWith(address)) return;
    const one = requests.get(requestId) ?? { before: 0, last: 0, media: '' };
    one.before += redirectResponse?.encodedDataLength ?? 0;
    requests.set(requestId, Object.assign(one, { path: request.url.slice(address.length), type, last: 0 }));
  });
  wire.on('Network.responseReceived', ({ requestId, response }) => {
    const one = requests.get(requestId);
    if (one) Object.assign(one, { media: response.mimeType, last: Math.max(0, response.encodedDataLength) });
  });
  wire.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    const one = requests.get(requestId);
    if (one) one.last += Math.max(0, encodedDataLength);
  });
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const one = requests.get(requestId);
    if (one) one.last = encodedDataLength;
  });

  const begun = Date.now();
  await page.goto(address + path, { waitUntil: 'commit' });
  await page.locator('[data-part=controls]').waitFor();
  const ready = Date.now();
  // The film as such; its poster is not meant.
  const painted = page.evaluate(() => new Promise((resolve) => {
    const video = document.querySelector('[data-part=video]');
    let clicked = 0;
    document.addEventListener('click', () => { clicked ||= Date.now(); }, { capture: true });
    video.requestVideoFrameCallback(() => resolve({ clicked, at: Date.now(), width: video.videoWidth }));
  }));
  // Asked for below; when the page is closed before, that is said elsewhere.
  painted.catch(() => {});
  await page.click('[data-part=play]');
  const picture = await Promise.race([painted, late('the first picture')]);
  const all = [...requests.values()].map(({ path, type, media, before, last }) => ({
    path, bytes: Math.round(before + last), script: type === 'Script' || /javascript|wasm/.test(media),
  }));
  if (!picture.clicked) throw new Error('a picture stood there before play was pressed');
  console.log(JSON.stringify({
    ready_ms: ready - begun,
    picture_ms: picture.at - picture.clicked,
    whole_ms: picture.at - begun,
    width: picture.width,
    requests: all,
  }));
} finally {
  await browser.close();
}
