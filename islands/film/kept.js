// Films kept in the browser: fetching one piece by piece (`offer`), and the page /kept/films that plays them without a network.
//
// What is kept lies in the Cache API under the name of its keeper: opaque letters of one person. The cookie `keeper` says whose turn
// it is. The server takes that cookie away whenever somebody signs in or out; whatever lies under another name is deleted as soon as
// this file runs, which it does on the page after signing out.

const SHELL = 'kept-shell';
const PAGE = '/kept/films';
const COOKIE_SECONDS = 15 * 86_400;
const MEGABYTE = 1_000_000;
/** Pieces that are fetched at once. */
const AT_ONCE = 3;

const nameOf = (keeper) => `kept-${keeper}`;
const folderOf = (keeper, film) => `/kept/media/${keeper}/${film}/`;
const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const megabytes = (bytes) => Math.max(1, Math.round(bytes / MEGABYTE));
const day = (ms) => new Date(ms).toLocaleDateString(document.documentElement.lang, { day: '2-digit', month: '2-digit', year: 'numeric' });
const secure = () => (location.protocol === 'https:' ? '; Secure' : '');
const pathOf = (request) => new URL(request.url).pathname;

/** Whose films this browser may show now; nobody's when the cookie is gone. */
const present = () => /(?:^|;\s*)keeper=([\w-]+)/.exec(document.cookie)?.[1];

function forgetKeeper() {
  document.cookie = `keeper=; Path=/; SameSite=Lax; Max-Age=0${secure()}`;
}

/** Deletes what belongs to anybody else, and what is too old. `signedIn`: the keeper that the page was made for, where it says one. */
export async function tidy(signedIn) {
  if (signedIn && present() !== signedIn) forgetKeeper();
  const mine = present();
  for (const name of await caches.keys()) {
    const stays = mine && (name === SHELL || name === nameOf(mine));
    if (name.startsWith('kept-') && !stays) await caches.delete(name);
  }
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith('tablica.kept.') && !(mine && key.startsWith(`tablica.kept.${mine}.`))) localStorage.removeItem(key);
  }
  if (!mine) {
    for (const worker of await navigator.serviceWorker.getRegistrations()) {
      if (new URL(worker.scope).pathname === '/kept/') await worker.unregister();
    }
    return;
  }
  for (const film of await films(mine)) if (film.until <= Date.now()) await remove(mine, film.film);
}

/** What is kept, by title. */
async function films(mine) {
  const cache = await caches.open(nameOf(mine));
  const all = [];
  for (const request of await cache.keys()) {
    if (request.url.endsWith('/about.json')) all.push(await (await cache.match(request)).json());
  }
  return all.sort((one, other) => one.title.localeCompare(other.title));
}

/** Deletes everything of a film but these paths. */
async function remove(mine, film, but = new Set()) {
  const cache = await caches.open(nameOf(mine));
  for (const request of await cache.keys()) {
    const path = pathOf(request);
    if (path.startsWith(folderOf(mine, film)) && !but.has(path)) await cache.delete(request);
  }
}

// Keeping.

/** Wakes the choice on the page of a film; `take`: its element. */
export function offer(take) {
  const part = (name) => take.querySelector(`[data-take-${name}]`);
  const [start, stop, bar, said] = ['start', 'stop', 'bar', 'said'].map(part);
  start.addEventListener('click', async () => {
    const ending = new AbortController();
    stop.onclick = () => ending.abort();
    const runs = (running) => {
      start.hidden = running;
      stop.hidden = bar.hidden = !running;
      (running ? stop : start).focus();
    };
    runs(true);
    said.textContent = '';
    let told = '';
    try {
      const until = await keep(take, ending.signal, (done, all) => {
        bar.value = Math.min(1, done / all);
        const now = fill(take.dataset.progress, { done: megabytes(done), all: megabytes(all) });
        // Said when it has changed, not with every piece.
        if (now !== told) said.textContent = told = now;
      });
      said.textContent = fill(take.dataset.done, { day: day(until) });
    } catch (error) {
      const { stopped, noRoom, failed } = take.dataset;
      said.textContent = ending.signal.aborted ? stopped : error.name === 'QuotaExceededError' ? noRoom : failed;
    }
    runs(false);
  });
  // Until this file has come, the button has nothing to do.
  start.disabled = false;
}

async function asked(url) {
  const answer = await fetch(url, { redirect: 'manual' });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

/** Fetches what was chosen; answers until when it is kept. What is there already is not fetched again. */
async function keep(take, signal, moved) {
  const { film, title, page } = take.dataset;
  let parcel = await asked(take.dataset.take);
  const wanted = take.querySelector('[name=way]:checked')?.value;
  const way = parcel.ways.find(({ name }) => name === wanted);
  if (!way) throw new Error('this size is not there any more');
  const room = await navigator.storage?.estimate?.();
  if (room && room.quota - room.usage < way.bytes * 1.1) throw new DOMException('', 'QuotaExceededError');
  navigator.storage?.persist?.().catch(() => {});

  const mine = parcel.keeper;
  document.cookie = `keeper=${mine}; Path=/; SameSite=Lax; Max-Age=${COOKIE_SECONDS}${secure()}`;
  await tidy();
  const cache = await caches.open(nameOf(mine));
  const folder = folderOf(mine, film);
  const place = `${folder}${parcel.version}/`;
  const captions = take.querySelector('[data-take-captions]')?.checked ? parcel.captions : [];
  const about = {
    film, title, page, version: parcel.version, until: parcel.until_ms, lines: way.height, bytes: way.bytes, whole: false,
    entry: way.height ? 'master.m3u8' : `${way.name}.m3u8`, poster: Boolean(parcel.poster),
    captions: captions.map(({ language, label }) => ({ language, label })),
  };
  const put = (path, body, type) => cache.put(path, new Response(body, {
    headers: { 'content-type': type, 'content-length': String(body.byteLength ?? body.size ?? new Blob([body]).size) },
  }));

  /** An answer under the present ticket; when it has run out, under a new one. */
  async function get(url) {
    let answer = await fetch(url(), { signal });
    if (answer.status === 401 || answer.status === 403) {
      const fresh = await asked(take.dataset.take);
      if (fresh.version !== parcel.version) throw new Error('the film was made anew');
      parcel = fresh;
      answer = await fetch(url(), { signal });
    }
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer;
  }

  // What is to be fetched, by the path that it is kept under.
  const files = new Map();
  const texts = new Map();
  const names = way.height && parcel.sound ? [way.name, parcel.sound] : [way.name];
  for (const name of names) {
    const text = await (await get(() => `${parcel.base}${name}.m3u8`)).text();
    texts.set(`${place}${name}.m3u8`, text);
    const inside = [...text.matchAll(/URI="([^"]+)"/g)].map(([, uri]) => uri);
    for (const file of [...inside, ...text.split('\n').filter((line) => line && !line.startsWith('#'))]) {
      files.set(`${place}${file}`, () => `${parcel.base}${file}`);
    }
  }
  if (way.height) {
    const text = await (await get(() => `${parcel.base}master.m3u8`)).text();
    texts.set(`${place}master.m3u8`, onlyOne(text, way.name));
  }
  for (const { language, url } of captions) files.set(`${place}captions/${language}.vtt`, () => url);
  if (parcel.poster) files.set(`${place}poster.jpg`, () => parcel.poster);

  // What was kept in another size, or of another making of the film, gives way first.
  await remove(mine, film, new Set([...files.keys(), ...texts.keys()]));
  await put(`${folder}about.json`, JSON.stringify(about), 'application/json');
  let done = 0;
  const left = [...files];
  const fetching = Array.from({ length: AT_ONCE }, async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [path, url] = next;
      const kept = await cache.match(path);
      if (kept) {
        done += Number(kept.headers.get('content-length'));
      } else {
        const answer = await get(url);
        const bytes = await answer.arrayBuffer();
        // By the address that was asked: it may have led to a store elsewhere.
        const detail = { url: new URL(url(), location).href, bytes: bytes.byteLength };
        document.dispatchEvent(new CustomEvent('film-bytes', { detail }));
        await put(path, bytes, answer.headers.get('content-type') ?? 'application/octet-stream');
        done += bytes.byteLength;
      }
      moved(done, way.bytes);
    }
  });
  try {
    await Promise.all(fetching);
  } catch (error) {
    // The others stop as well.
    left.length = 0;
    throw error;
  }
  for (const [path, text] of texts) await put(path, text, 'application/vnd.apple.mpegurl');
  await keepPage(take);
  await put(`${folder}about.json`, JSON.stringify({ ...about, bytes: done, whole: true }), 'application/json');
  return about.until;
}

/** A master playlist with one picture and its sound. */
function onlyOne(text, name) {
  const lines = text.split('\n');
  const kept = [];
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at].startsWith('#EXT-X-STREAM-INF')) {
      if (lines[at + 1] === `${name}.m3u8`) kept.push(lines[at], lines[at + 1]);
      at += 1;
    } else if (!lines[at].startsWith('#EXT-X-I-FRAME')) {
      kept.push(lines[at]);
    }
  }
  return kept.join('\n');
}

/** Keeps the page that plays films, with its style and scripts, and wakes the worker that answers with it. */
async function keepPage(take) {
  const page = await fetch(take.dataset.all);
  if (!page.ok || page.redirected) throw new Error('the page of kept films is not there');
  await caches.delete(SHELL);
  const shell = await caches.open(SHELL);
  await shell.addAll(take.dataset.shell.split(' ').filter(Boolean));
  await shell.put(PAGE, page);
  await navigator.serviceWorker.register('/kept/worker.js', { scope: '/kept/' });
}

// The page.

let hls;

async function show(root) {
  const part = (name) => root.querySelector(`[data-kept-${name}]`);
  document.querySelector('[data-kept-plain]').hidden = true;
  root.hidden = false;
  if (!('serviceWorker' in navigator) || !('caches' in window)) {
    part('said').textContent = root.dataset.worker;
    return;
  }
  await tidy();
  if (present()) await navigator.serviceWorker.register('/kept/worker.js', { scope: '/kept/' }).catch(() => {});
  await draw(root, part);
  const ask = async () => { if (present() && (await changed(present()))) await draw(root, part); };
  addEventListener('online', ask);
  await ask();
}

// What was played is kept beside the film and told to the server when it can be reached; there the clock bounds what counts. It is told
// again each time, because what was over that bound may count by then, and the same twice changes nothing. Of a film that was replaced or
// cut since nothing is told: its moments are others.

const memoryOf = (mine, { film, version }) => `tablica.kept.${mine}.${film}.${version}`;

/** Where the person left off (seconds) and what was played (milliseconds). */
function recall(mine, film) {
  try {
    return { at: 0, seen: [], ...JSON.parse(localStorage.getItem(memoryOf(mine, film)) ?? '{}') };
  } catch {
    return { at: 0, seen: [] };
  }
}

/** Stretches in order; those that touch are one. */
function joined(stretches) {
  const all = [];
  for (const [from, to] of stretches.sort((one, other) => one[0] - other[0])) {
    const last = all.at(-1);
    if (last && from <= last[1] + 250) last[1] = Math.max(last[1], to); else all.push([from, to]);
  }
  return all;
}

/** Notes what `video` plays. */
function watch(video, mine, film) {
  let { seen } = recall(mine, film);
  let last = null;
  video.onseeking = () => { last = null; };
  video.ontimeupdate = () => {
    const now = video.currentTime;
    const played = last !== null && now > last && now - last < 1.5 * Math.max(1, video.playbackRate);
    if (played) seen = joined([...seen, [Math.round(last * 1000), Math.round(now * 1000)]]);
    last = video.seeking ? null : now;
    localStorage.setItem(memoryOf(mine, film), JSON.stringify({ at: video.ended ? 0 : Math.floor(now), seen }));
  };
}

async function report(mine, film, { version, edition }) {
  const { at, seen } = recall(mine, film);
  if (!seen.length || version !== film.version) return;
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const body = JSON.stringify({ position_ms: at * 1000, seen, key, edition });
  await fetch(`/films/${film.film}/progress`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(() => {});
}

/** Asks the server, when it can be reached, whether each film still may be kept; answers whether something was deleted. */
async function changed(mine) {
  let deleted = false;
  for (const film of await films(mine)) {
    const answer = await fetch(`/films/${film.film}/keep`, { redirect: 'manual' }).catch(() => null);
    if (!answer) return deleted;
    const signedOut = answer.type === 'opaqueredirect' || answer.status === 401;
    const parcel = answer.ok ? await answer.json() : null;
    if (signedOut || (parcel && parcel.keeper !== mine)) {
      forgetKeeper();
      await tidy();
      return true;
    }
    if (parcel) await report(mine, film, parcel);
    if (answer.status === 403 || answer.status === 404) {
      await remove(mine, film.film);
      deleted = true;
    }
  }
  return deleted;
}

async function draw(root, part) {
  const mine = present();
  const all = mine ? await films(mine) : [];
  part('empty').hidden = all.length > 0;
  part('list').replaceChildren(...all.map((film) => {
    const item = part('item').content.firstElementChild.cloneNode(true);
    const inside = (name) => item.querySelector(`[data-kept-${name}]`);
    const way = film.lines ? `${film.lines}p` : root.dataset.sound;
    const sentence = film.whole ? root.dataset.about : root.dataset.partial;
    inside('name').textContent = film.title;
    inside('about').textContent = fill(sentence, { way, size: megabytes(film.bytes), day: day(film.until) });
    for (const name of ['play', 'remove']) inside(name).setAttribute('aria-label', `${inside(name).textContent}: ${film.title}`);
    inside('play').hidden = !film.whole;
    inside('play').addEventListener('click', () => play(root, part, mine, film));
    inside('remove').addEventListener('click', async () => {
      if (part('video').dataset.film === film.film) close(part);
      await remove(mine, film.film);
      localStorage.removeItem(memoryOf(mine, film));
      await draw(root, part);
      part('said').textContent = fill(root.dataset.removed, { title: film.title });
      (part('list').querySelector('button') ?? document.querySelector('main')).focus();
    });
    return item;
  }));
}

function close(part) {
  hls?.destroy();
  hls = undefined;
  part('video').ontimeupdate = null;
  part('stage').hidden = true;
  delete part('video').dataset.film;
}

function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src: url, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

async function play(root, part, mine, film) {
  const video = part('video');
  const failed = () => { part('said').textContent = root.dataset.failed; };
  part('said').textContent = '';
  try {
    await navigator.serviceWorker.ready;
    // After a forced reload the worker answers nothing on this page until it is loaded once more.
    if (!navigator.serviceWorker.controller) return location.reload();
    if (!window.Hls) await loadScript(root.dataset.hls);
    close(part);
    const place = `${folderOf(mine, film.film)}${film.version}/`;
    video.replaceChildren(...film.captions.map(({ language, label }) => Object.assign(document.createElement('track'), {
      kind: 'captions', srclang: language, label, src: `${place}captions/${language}.vtt`,
    })));
    if (film.poster) video.poster = `${place}poster.jpg`; else video.removeAttribute('poster');
    part('playing').textContent = film.title;
    part('stage').hidden = false;
    part('playing').focus();
    video.dataset.film = film.film;
    hls = new window.Hls({
      startPosition: recall(mine, film).at, maxBufferLength: 30, backBufferLength: 30, timelineController: null,
      subtitleStreamController: null, subtitleTrackController: null, enableWebVTT: false, enableCEA708Captions: false,
      emeController: null, cmcdController: null, interstitialsController: null,
    });
    hls.on('hlsError', (_, error) => { if (error.fatal) failed(); });
    hls.loadSource(new URL(place + film.entry, location).href);
    hls.attachMedia(video);
    watch(video, mine, film);
    await video.play().catch((error) => { if (error.name !== 'AbortError' && error.name !== 'NotAllowedError') failed(); });
  } catch {
    failed();
  }
}

const root = document.querySelector('[data-kept]');
if (root) {
  await show(root);
} else if ('caches' in window && 'serviceWorker' in navigator) {
  await tidy();
}
