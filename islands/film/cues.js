// What joins the cues of captions to the film beside them: links that send the film to a moment, buttons and keys that write the film's time
// into a field, and the mark of the cue that is running. The page never scrolls by itself. Without this file each link opens the page with
// the film at that moment.

const player = document.querySelector('section.player');
const video = player?.querySelector('[data-part=video]');
const desk = document.querySelector('[data-cue-keys]');
const said = document.querySelector('[data-cue-said]');
const cues = [...document.querySelectorAll('fieldset.cue')];

/** Where the film stands while nothing of it is loaded, in seconds. */
let place = Number(player?.dataset.begin ?? 0) / 1000;

const part = (name) => player.querySelector(`[data-part=${name}]`);
const field = (cue, name) => cue.querySelector(`[name^="${name}-"]`);
/** Whether the player has taken over from the browser's own controls. */
const awake = () => !part('controls').hidden;
/** The setting of the player's keys holds for these too. */
const wanted = () => !awake() || part('shortcuts').checked;

/** Seconds of a time as the fields take it, [h:]m:ss[.mmm] with a full stop or a comma; NaN for what is none. */
function moment(text) {
  const found = /^(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (!found) return NaN;
  const [, hours, minutes, seconds, rest] = found;
  return Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(`0.${rest ?? 0}`);
}

/** 00:01:05.250 */
function clock(seconds) {
  const ms = Math.round(seconds * 1000);
  const two = (number) => String(Math.floor(number)).padStart(2, '0');
  const rest = String(ms % 1000).padStart(3, '0');
  return `${two(ms / 3_600_000)}:${two(ms / 60_000 % 60)}:${two(ms / 1000 % 60)}.${rest}`;
}

/** Where the film is, in seconds. */
function now() {
  if (video.readyState > 0) return video.currentTime;
  // Before it is loaded the player knows the place, to a second.
  const bar = awake() ? Number(part('seek').value) : Math.floor(place);
  return bar === Math.floor(place) ? place : bar;
}

/** Sends the film to a second. */
function go(seconds) {
  if (Number.isNaN(seconds)) return;
  place = Math.max(0, seconds);
  if (awake()) player.dispatchEvent(new CustomEvent('film-go', { detail: place })); else video.currentTime = place;
  mark(place);
}

function toggle() {
  if (awake()) part('play').click();
  else if (video.paused) video.play().catch(() => {});
  else video.pause();
}

/** Writes the film's time into a field of a cue. */
function take(cue, name) {
  const into = field(cue, name);
  into.value = clock(now());
  into.dispatchEvent(new Event('input', { bubbles: true }));
  said.textContent = desk.dataset.taken.replace('{time}', into.value);
}

/** The same field of the cue so many further; whoever is on none of them comes to its text. */
function step(cue, by, from) {
  const next = cues[cues.indexOf(cue) + by];
  if (!next) return;
  const name = from.name?.split('-')[0];
  ((name && field(next, name)) || field(next, 'text')).focus();
}

/** Marks the cues that are shown at a second. */
function mark(at) {
  for (const cue of cues) {
    const runs = at >= moment(field(cue, 'start').value) && at < moment(field(cue, 'end').value);
    if (runs === cue.hasAttribute('aria-current')) continue;
    if (runs) cue.setAttribute('aria-current', 'true'); else cue.removeAttribute('aria-current');
  }
}

/** By `KeyboardEvent.code`, with Alt: no letter of Polish is typed so, on a Mac either, and AltGr is another key. */
const ACTS = {
  KeyK: toggle,
  KeyJ: () => go(now() - 2),
  KeyG: (cue) => go(moment(field(cue, 'start').value)),
  KeyU: (cue) => take(cue, 'start'),
  KeyI: (cue) => take(cue, 'end'),
  ArrowUp: (cue, from) => step(cue, -1, from),
  ArrowDown: (cue, from) => step(cue, 1, from),
};

function pressed(event) {
  const cue = event.target.closest?.('fieldset.cue');
  const alone = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.getModifierState('AltGraph');
  if (!cue || !alone || event.isComposing || !Object.hasOwn(ACTS, event.code) || !wanted()) return;
  event.preventDefault();
  ACTS[event.code](cue, event.target);
}

function clicked(event) {
  const link = event.target.closest?.('a[data-jump]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(Number(link.dataset.jump) / 1000);
}

/** The buttons of a cue. */
function equip(cue) {
  let tools = cue.querySelector('.cue-tools');
  if (!tools) {
    tools = document.createElement('p');
    tools.className = 'row cue-tools';
    cue.querySelector('legend').after(tools);
  }
  for (const [name, key] of [['start', 'U'], ['end', 'I']]) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'player-text-button';
    button.dataset.cueTake = name;
    button.textContent = desk.dataset[name];
    button.setAttribute('aria-keyshortcuts', `Alt+${key}`);
    button.addEventListener('click', () => take(cue, name));
    tools.append(button);
  }
}

if (video && desk) {
  cues.forEach(equip);
  desk.hidden = false;
  document.addEventListener('keydown', pressed);
  document.addEventListener('click', clicked);
  for (const name of ['timeupdate', 'seeked']) video.addEventListener(name, () => video.readyState > 0 && mark(video.currentTime));
}
