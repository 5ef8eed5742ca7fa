// Looks at the controls of media-chrome as it comes, by the rules that our own player is held to (tests/browser): bytes, axe, stops of
// the Tab key, sizes, keys, names, forced colours. Run by hand, for docs/odtwarzacz.md; prints one object of JSON.
//
// node media_chrome.mjs BROWSER FOLDER
// FOLDER holds node_modules: npm install --no-save media-chrome@4.19.4 axe-core@4.13.0 playwright-core@1.60.0 esbuild@0.28.2

import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { standingOut } from '../../tests/browser/contrast.mjs';

const [executablePath, folder] = process.argv.slice(2);
const from = createRequire(resolve(folder, 'index.js'));
const { chromium } = from('playwright-core');
const { build } = from('esbuild');

const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--autoplay-policy=no-user-gesture-required'];
/** As tests/browser/chromium.mjs has it. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What our player has as well. */
const PARTS = ['media-controller', 'media-control-bar', 'media-play-button', 'media-seek-backward-button', 'media-seek-forward-button',
  'media-mute-button', 'media-volume-range', 'media-time-range', 'media-time-display', 'media-fullscreen-button', 'media-pip-button',
  'media-loading-indicator', 'media-error-dialog', 'menu/media-captions-menu', 'menu/media-captions-menu-button',
  'menu/media-playback-rate-menu', 'menu/media-playback-rate-menu-button', 'menu/media-rendition-menu',
  'menu/media-rendition-menu-button', 'menu/media-chrome-menu-item'];

async function bundled(text) {
  const made = await build({
    stdin: { contents: text, resolveDir: resolve(folder) }, bundle: true, minify: true, format: 'esm', write: false, target: 'es2022',
  });
  return made.outputFiles[0].contents;
}
const weight = (bytes) => ({ minified: bytes.length, brotli: brotliCompressSync(bytes).length });
const script = await bundled(PARTS.map((part) => `import 'media-chrome/dist/${part}.js';`).join('')
  + "import { addTranslation, setLanguage } from 'media-chrome/dist/utils/i18n.js'; window.i18n = { addTranslation, setLanguage };");
const everything = await bundled("import 'media-chrome/dist/all.js';");

/** A minute of silence: the controls need something that plays. */
function silence() {
  const [rate, seconds] = [8000, 60];
  const wav = Buffer.alloc(44 + rate * seconds, 0x80);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + rate * seconds, 4);
  wav.write('WAVEfmt ', 8);
  [[16, 4], [1, 2], [1, 2], [rate, 4], [rate, 4], [1, 2], [8, 2]].reduce((at, [value, size]) => wav.writeUIntLE(value, at, size), 16);
  wav.write('data', 36);
  wav.writeUInt32LE(rate * seconds, 40);
  return wav;
}

const cues = (words) => `WEBVTT\n\n00:00.000 --> 00:30.000\n${words} 1\n\n00:30.000 --> 01:00.000\n${words} 2\n`;
const page = (lang) => `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>Film</title>
<script type="module" src="/script.js"></script></head><body><main><h1>Film</h1>
<media-controller id="player" lang="${lang}" style="width:100%;max-width:60rem;aspect-ratio:16/9">
<video slot="media" src="/film.wav" crossorigin preload="auto" playsinline>
<track kind="captions" srclang="pl" label="polski" src="/pl.vtt"><track kind="captions" srclang="en" label="English" src="/en.vtt">
<track kind="chapters" srclang="pl" label="Rozdziały" src="/chapters.vtt" default></video>
<media-loading-indicator slot="centered-chrome"></media-loading-indicator><media-error-dialog slot="dialog"></media-error-dialog>
<media-captions-menu hidden anchor="auto"></media-captions-menu><media-playback-rate-menu hidden anchor="auto"></media-playback-rate-menu>
<media-rendition-menu hidden anchor="auto"></media-rendition-menu>
<media-control-bar><media-play-button></media-play-button><media-seek-backward-button></media-seek-backward-button>
<media-seek-forward-button></media-seek-forward-button><media-mute-button></media-mute-button><media-volume-range></media-volume-range>
<media-time-range></media-time-range><media-time-display showduration></media-time-display>
<media-captions-menu-button></media-captions-menu-button><media-playback-rate-menu-button></media-playback-rate-menu-button>
<media-rendition-menu-button></media-rendition-menu-button><media-pip-button></media-pip-button>
<media-fullscreen-button></media-fullscreen-button></media-control-bar></media-controller></main></body></html>`;

const answers = {
  '/': [() => page('pl'), 'text/html'], '/script.js': [() => Buffer.from(script), 'text/javascript'],
  '/film.wav': [silence, 'audio/wav'], '/pl.vtt': [() => cues('Zdanie'), 'text/vtt'], '/en.vtt': [() => cues('Sentence'), 'text/vtt'],
  '/chapters.vtt': [() => cues('Rozdział'), 'text/vtt'],
};
const server = createServer((request, answer) => {
  const known = answers[new URL(request.url, 'http://x').pathname];
  if (!known) return answer.writeHead(404).end();
  const body = Buffer.from(known[0]());
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (!range) return answer.writeHead(200, { 'content-type': known[1], 'content-length': body.length }).end(body);
  const [first, last] = [Number(range[1]), Math.min(Number(range[2] || body.length - 1), body.length - 1)];
  return answer.writeHead(206, {
    'content-type': known[1], 'content-length': last - first + 1, 'content-range': `bytes ${first}-${last}/${body.length}`,
  }).end(body.subarray(first, last + 1));
});
await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
const address = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({ executablePath, args: ARGS });
const context = await browser.newContext({ locale: 'pl-PL', viewport: { width: 1280, height: 900 } });
const tab = await context.newPage();
const axe = await readFile(from.resolve('axe-core/axe.min.js'), 'utf8');

async function opened() {
  await tab.goto(address);
  await tab.waitForFunction(() => document.querySelector('video')?.readyState >= 3 && customElements.get('media-rendition-menu-button'));
  await tab.waitForTimeout(300);
}
const findings = () => tab.evaluate(async ({ TAGS }) => {
  const { violations } = await window.axe.run(document, { runOnly: TAGS, rules: { 'target-size': { enabled: true } } });
  return violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map((node) => node.target.flat().join(' ')) }));
}, { TAGS });

/** What has the focus, through every shadow. */
const focused = () => tab.evaluate(() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  const host = one?.getRootNode()?.host;
  const shown = host?.localName?.startsWith('media-') && one.localName === 'input' ? host : one;
  const { width, height } = one?.getBoundingClientRect() ?? {};
  return { element: shown?.localName, name: one?.getAttribute('aria-label') ?? shown?.getAttribute('aria-label') ?? '',
    text: shown?.getAttribute('aria-valuetext') ?? '', width: Math.round(width), height: Math.round(height) };
});
const state = () => tab.evaluate(() => {
  const video = document.querySelector('video');
  return { paused: video.paused, at: Math.round(video.currentTime), muted: video.muted, volume: video.volume, rate: video.playbackRate,
    captions: [...video.textTracks].some((track) => track.kind === 'captions' && track.mode === 'showing'),
    full: Boolean(document.fullscreenElement),
    help: Boolean(document.querySelector('media-keyboard-shortcuts-dialog[open]')) };
});

await opened();
await tab.addScriptTag({ content: axe });
const result = { bytes: { same: weight(script), all: weight(everything) }, axe: { stopped: await findings() } };

await tab.click('media-captions-menu-button');
await tab.waitForTimeout(300);
result.axe.captions = await findings();
result.captions = await tab.$eval('media-captions-menu', (menu) => [...menu.shadowRoot.querySelectorAll('media-chrome-menu-item')]
  .map((one) => one.textContent.trim()));
await tab.keyboard.press('Escape');
await tab.waitForTimeout(300);
await tab.focus('media-captions-menu-button');
for (const key of ['Enter', 'ArrowDown', 'Enter']) {
  await tab.keyboard.press(key);
  await tab.waitForTimeout(300);
}
result.captionsByKeyboard = (await state()).captions;
await opened();
await tab.click('media-playback-rate-menu-button');
await tab.waitForTimeout(300);
result.rates = await tab.$eval('media-playback-rate-menu', (menu) => [...menu.shadowRoot.querySelectorAll('media-chrome-menu-item')]
  .map((one) => one.textContent.trim()));

await opened();
result.stops = [];
for (let stop = 0; stop < 40; stop += 1) {
  await tab.keyboard.press('Tab');
  const one = await focused();
  if (!one.element || one.element === 'body' || one.element === 'html') break;
  result.stops.push(one);
}

result.keys = {};
for (const [place, element] of [['button', 'media-play-button'], ['seek', 'media-time-range'], ['page', null]]) {
  for (const key of ['Space', 'k', 'j', 'l', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'm', 'K', 'c', 'f', '<', '>', 'Shift+Slash',
    '5']) {
    await tab.evaluate(async () => {
      const video = document.querySelector('video');
      video.pause();
      Object.assign(video, { muted: false, volume: 0.5, playbackRate: 1, currentTime: 30 });
      for (const track of video.textTracks) if (track.kind === 'captions') track.mode = 'disabled';
      if (document.fullscreenElement) await document.exitFullscreen();
      document.querySelector('media-keyboard-shortcuts-dialog')?.removeAttribute('open');
      document.activeElement?.blur();
    });
    await tab.waitForTimeout(60);
    if (element) await tab.$eval(element, (one) => (one.shadowRoot.querySelector('input') ?? one).focus());
    const before = await state();
    await tab.keyboard.press(key);
    await tab.waitForTimeout(120);
    const after = await state();
    const changed = Object.keys(before).filter((name) => before[name] !== after[name]).map((name) => `${name}: ${before[name]} → ${after[name]}`);
    (result.keys[place] ??= {})[key] = changed.join(', ') || 'nothing';
  }
}

/** How many pixels of a control stand out by 3:1 from its commonest colour, with forced colours. */
await opened();
const eye = await context.newPage();
result.forced = { light: {}, dark: {} };
for (const colorScheme of ['light', 'dark']) {
  await tab.emulateMedia({ forcedColors: 'active', colorScheme });
  for (const control of await tab.locator('media-control-bar > *').all()) {
    const box = await control.boundingBox();
    if (!box || box.width < 8 || box.height < 8) continue;
    const picture = (await control.screenshot({ animations: 'disabled' })).toString('base64');
    result.forced[colorScheme][await control.evaluate((one) => one.localName)] = await standingOut(eye, picture);
  }
}
await tab.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });

// Words: those of a language that it does not have, and those that are given to it.
const name = () => tab.$eval('media-play-button', (one) => one.getAttribute('aria-label'));
result.polish = { asItComes: await name() };
await tab.evaluate(() => {
  window.i18n.addTranslation('pl', { play: 'odtwarzaj', Play: 'Odtwarzaj' });
  window.i18n.setLanguage('pl');
  document.querySelector('video').play();
});
await tab.waitForTimeout(200);
await tab.evaluate(() => document.querySelector('video').pause());
await tab.waitForTimeout(200);
result.polish.withADictionary = await name();

// At 320 pixels, and without script.
await tab.setViewportSize({ width: 320, height: 700 });
await tab.waitForTimeout(300);
result.narrow = await tab.evaluate(() => {
  const right = document.querySelector('media-controller').getBoundingClientRect().right;
  const out = [...document.querySelectorAll('media-control-bar > *')].filter((one) => one.getBoundingClientRect().right > right + 1);
  return out.map((one) => one.localName);
});
const plain = await browser.newContext({ javaScriptEnabled: false });
const still = await plain.newPage();
await still.goto(address);
result.withoutScript = await still.locator('video').getAttribute('controls');
await browser.close();
server.close();
const parts = resolve(folder, 'node_modules/media-chrome/dist');
result.languages = (await readdir(resolve(parts, 'lang'))).filter((file) => file.endsWith('.js')).map((file) => file.slice(0, -3));
result.chapters = (await readdir(parts)).filter((file) => /chapter|transcript/.test(file) && file.endsWith('.js'));
console.log(JSON.stringify(result, null, 1));
