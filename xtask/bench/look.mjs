// Loads one page in a fresh Chromium, with nothing in its cache, and prints what it fetched as one line of JSON.
//
// node look.mjs BROWSER ADDRESS PATH COOKIES TEXT
// COOKIES: name=value; name=value. TEXT: the page can be read when this stands in it.

import { chromium } from 'playwright-core';

const [executablePath, address, path, cookies, text] = process.argv.slice(2);
const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const browser = await chromium.launch({ executablePath, args: ARGS });
try {
  const context = await browser.newContext({ locale: 'pl-PL' });
  await context.addCookies(cookies.split('; ').filter(Boolean).map((pair) => {
    const at = pair.indexOf('=');
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: address };
  }));
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
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
