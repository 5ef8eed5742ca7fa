// Loads one page in a fresh Chromium, with nothing in its cache, and prints what it fetched as one line of JSON.
//
// node look.mjs BROWSER ADDRESS PATH COOKIES TEXT
// COOKIES: name=value; name=value. TEXT: the page can be read when this stands in it.

import { launch, wired } from './browser.mjs';

const [executablePath, address, path, cookies, text] = process.argv.slice(2);

const browser = await launch(executablePath);
try {
  const { page, wire } = await wired(browser, address, cookies);
  const requests = new Map();
  wire.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
    if (request.url.startsWith(address)) {
      requests.set(requestId, { path: request.url.slice(address.length), method: request.method, type, sent: Date.now(), wire: 0, bytes: 0 });
    }
  });
  wire.on('Network.responseReceived', ({ requestId, response }) => {
    const one = requests.get(requestId);
    if (one) Object.assign(one, { status: response.status, media: response.mimeType });
  });
  wire.on('Network.dataReceived', ({ requestId, dataLength }) => {
    const one = requests.get(requestId);
    if (one) one.bytes += dataLength;
  });
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const one = requests.get(requestId);
    if (one) one.wire = encodedDataLength;
  });
  const begun = Date.now();
  await page.goto(address + path, { waitUntil: 'commit' });
  await page.waitForFunction((wanted) => document.body?.innerText.includes(wanted), text, { timeout: 60_000, polling: 20 });
  const readable = Date.now();
  await page.waitForLoadState('networkidle', { timeout: 30_000 }).catch(() => {});
  const all = [...requests.values()];
  console.log(JSON.stringify({
    readable_ms: readable - begun,
    before_readable: all.filter((one) => one.sent <= readable).length,
    requests: all.map(({ sent, ...one }) => one),
  }));
} finally {
  await browser.close();
}
