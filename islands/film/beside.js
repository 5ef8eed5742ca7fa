// What moves beside a film: the meter of data, notes, and what is loaded when it is asked for (kept.js, peek.js).
//
// The player itself is WASM; this file talks to it by two events: `film-go` (seconds) and `film-save` (the smallest picture from now).
// The meter counts what the browser says it has fetched; of what comes straight from a store elsewhere the browser says nothing, so
// whoever fetched a piece tells by `film-bytes` at the document (the address as it was asked for, and bytes). It is kept on the device
// and sent nowhere.

const MEGABYTE = 1_000_000;
const player = document.querySelector('section.player');
const video = player?.querySelector('[data-part=video]');
const tell = (name, detail) => player?.dispatchEvent(new CustomEvent(name, { detail }));
const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const megabytes = (bytes) => Math.round(bytes / MEGABYTE);

function recall(name) {
  try {
    return localStorage.getItem(`tablica.${name}`) ?? '';
  } catch {
    return '';
  }
}

function remember(name, text) {
  try {
    if (text) localStorage.setItem(`tablica.${name}`, text); else localStorage.removeItem(`tablica.${name}`);
  } catch {
    // A browser that keeps nothing has no meter.
  }
}

// The meter.

const month = () => `${new Date().getFullYear()}-${new Date().getMonth() + 1}`;

/** Bytes of this month. */
function counted() {
  const [of, bytes] = recall('meter').split(' ');
  return of === month() ? Number(bytes) || 0 : 0;
}

/** Megabytes a month; 0 is no limit. */
const limit = () => Number(recall('meter.limit')) || 0;

function drawMeter() {
  const [bytes, most] = [counted(), limit()];
  const over = most > 0 && bytes >= most * MEGABYTE;
  if (over && !recall('meter.over')) tell('film-save');
  remember('meter.over', over ? 'yes' : '');
  for (const meter of document.querySelectorAll('[data-meter]')) {
    const values = { used: megabytes(bytes), limit: most };
    meter.querySelector('[data-meter-said]').textContent = fill(most ? meter.dataset.usedOf : meter.dataset.used, values);
    const said = over ? fill(meter.dataset.over, values) : '';
    const line = meter.querySelector('[data-meter-over]');
    if (line.textContent !== said) line.textContent = said;
    meter.hidden = false;
  }
}

function isFilm(address) {
  const { origin, pathname } = new URL(address);
  return origin === location.origin && /^\/(media|films)\//.test(pathname);
}

function count(bytes) {
  if (!(bytes > 0)) return;
  remember('meter', `${month()} ${counted() + bytes}`);
  drawMeter();
}

/** Addresses of which the browser hides size and moments, since they led to another origin (without Timing-Allow-Origin). */
const hidden = new Set();
/** Bytes that were told of before the browser said whether it hides them. */
const waiting = new Map();
/** What was told of. The same once more came out of the browser's cache: a name never stands for other bytes. */
const told = new Set();
/** Whether the browser has said how large a segment is: then it says so of all, and nobody else need tell. */
let shown = false;

document.addEventListener('film-bytes', ({ detail: { url, bytes } }) => {
  if (shown || !isFilm(url) || told.has(`${bytes} ${url}`)) return;
  told.add(`${bytes} ${url}`);
  if (hidden.has(url)) count(bytes); else waiting.set(url, (waiting.get(url) ?? 0) + bytes);
});

if ('PerformanceObserver' in window) {
  drawMeter();
  // What came out of the browser's own cache cost nothing: its size is told as 0.
  new PerformanceObserver((list) => {
    let bytes = 0;
    for (const { name, transferSize, encodedBodySize, responseStart } of list.getEntries().filter((one) => isFilm(one.name))) {
      bytes += transferSize || 0;
      shown ||= encodedBodySize > 0 && name.endsWith('.m4s');
      if (shown || encodedBodySize || responseStart) continue;
      hidden.add(name);
      bytes += waiting.get(name) ?? 0;
      waiting.delete(name);
    }
    count(bytes);
  }).observe({ type: 'resource', buffered: true });
}

const settings = document.querySelector('[data-meter-settings]');
if (settings && 'PerformanceObserver' in window) {
  const field = settings.querySelector('[data-meter-limit]');
  const save = settings.querySelector('[data-meter-save]');
  field.value = limit() || '';
  settings.hidden = false;
  save.addEventListener('click', () => {
    const wanted = Math.round(Number(field.value));
    remember('meter.limit', wanted > 0 ? String(wanted) : '');
    field.value = limit() || '';
    drawMeter();
    settings.querySelector('[data-meter-saved]').textContent = save.dataset.said;
  });
}

// Notes.

const notes = document.querySelector('[data-notes]');

/** 12:34 or 1:02:03 */
function clock(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const two = (number) => String(number).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** What stood in the place of a form in which a note is changed. */
const before = new WeakMap();
/** The form of a new note. */
const NEW = ':scope > form.form';
const pageOf = async (answer) => new DOMParser().parseFromString(await answer.text(), 'text/html');

/** Puts a form in the place of a note. Its parts get names of their own: the form of a new note has the same. */
function putInto(item, form) {
  const names = ['id', 'for', 'aria-describedby'];
  for (const part of form.dataset.of ? [] : form.querySelectorAll('[id], [for], [aria-describedby]')) {
    for (const name of names.filter((one) => part.hasAttribute(one))) {
      part.setAttribute(name, part.getAttribute(name).split(' ').map((id) => `${id}-${item.dataset.note}`).join(' '));
    }
  }
  form.dataset.of = item.dataset.note;
  before.set(form, before.get(item.querySelector('form[data-of]')) ?? [...item.childNodes]);
  item.replaceChildren(form);
}

/** Has a note changed in its place, without leaving the film. */
async function edit(link) {
  const answer = await fetch(link.href);
  const form = answer.ok && (await pageOf(answer)).querySelector('main form.form');
  if (!form) return location.assign(link.href);
  putInto(link.closest('li'), form);
  form.querySelector('textarea').focus();
}

/** Sends a form of the notes and shows what came of it, without leaving the film. */
async function send(form) {
  const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
  const page = await pageOf(answer);
  const said = notes.querySelector('[data-notes-said]');
  if (answer.status === 422) {
    const refused = page.querySelector('main form.form');
    if (form.dataset.of) putInto(form.closest('li'), refused); else form.replaceWith(refused);
    said.textContent = page.querySelector('.error-summary li')?.textContent ?? '';
    (refused.querySelector('[aria-invalid]') ?? refused.querySelector('textarea')).focus();
    return;
  }
  const fresh = page.querySelector('[data-notes]');
  if (!answer.ok || !fresh) return location.reload();
  const added = form.parentElement === notes;
  const others = [...notes.querySelectorAll('form[data-of]')].filter((other) => other !== form);
  for (const part of ['summary', '[data-notes-list]', ...(added ? [NEW] : [])]) {
    notes.querySelector(part).replaceWith(fresh.querySelector(part));
  }
  // What is being typed into other notes stays.
  for (const other of others) {
    const item = notes.querySelector(`li[data-note="${other.dataset.of}"]`);
    if (item) putInto(item, other);
  }
  said.textContent = page.querySelector('main > .notice p')?.textContent.trim() ?? '';
  notes.querySelector(added ? `${NEW} textarea` : 'summary').focus();
}

if (notes && video) {
  notes.addEventListener('focusin', ({ target }) => {
    const at = target.name === 'note' && target.form.querySelector('[name=at]');
    if (at && !at.value) {
      at.value = clock(video.readyState > 0 ? video.currentTime : Number(player.dataset.begin) / 1000);
    }
  });
  notes.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-go], a[data-edit], a[data-cancel]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if ('edit' in link.dataset) {
      edit(link).catch(() => location.assign(link.href));
    } else if ('cancel' in link.dataset) {
      const item = link.closest('li');
      item.replaceChildren(...before.get(link.closest('form')));
      item.querySelector('a[data-edit]').focus();
    } else {
      tell('film-go', Number(link.dataset.go) / 1000);
    }
  });
  notes.addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.target;
    // Without a network the browser itself says so.
    send(form).catch(() => form.submit());
  });
}

// Pictures above the seek bar, once the film has begun; whoever saves data is spared them.
const bar = player?.querySelector('.player-bar');
const peek = document.querySelector('script[data-peek]')?.dataset.peek;
const master = player?.querySelector('.player-plain a[href$=".m3u8"]')?.href;
if (bar && peek && master && 'VideoDecoder' in window) {
  const saves = () => 'saves' in player.dataset || recall('meter.over') || navigator.connection?.saveData
    || navigator.connection?.type === 'cellular';
  const first = async () => {
    if (!video.readyState || saves()) return;
    bar.removeEventListener('pointerenter', first);
    (await import(peek)).wake(bar, master, clock);
  };
  bar.addEventListener('pointerenter', first);
}

// What is fetched when it is asked for.

const take = document.querySelector('[data-take]');
if (take && 'caches' in window && 'serviceWorker' in navigator) {
  take.hidden = false;
  take.addEventListener('toggle', async () => (await import(take.dataset.module)).offer(take), { once: true });
  // Somebody else's films are deleted as soon as another person has a film in front of them.
  const kept = (await caches.keys()).filter((name) => name.startsWith('kept-') && name !== 'kept-shell');
  if (kept.some((name) => name !== `kept-${take.dataset.keeper}`)) await (await import(take.dataset.module)).tidy(take.dataset.keeper);
}
