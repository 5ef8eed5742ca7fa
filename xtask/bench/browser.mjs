// The browser of the scripts beside this one: how it is started, and what is seen of a page below it.

import { chromium } from 'playwright-core';

const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** For `more` of `launch`: a film plays without a click. */
export const PLAYS_BY_ITSELF = '--autoplay-policy=no-user-gesture-required';

/** The browser with this path; `more`: arguments of one script alone. */
export const launch = (executablePath, ...more) => chromium.launch({ executablePath, args: [...ARGS, ...more] });

/** A page with these cookies (name=value; name=value) at this address, and the wire that the browser speaks on for it. */
export async function wired(browser, address, cookies) {
  const context = await browser.newContext({ locale: 'pl-PL' });
  await context.addCookies(cookies.split('; ').filter(Boolean).map((pair) => {
    const at = pair.indexOf('=');
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: address };
  }));
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  return { page, wire };
}
