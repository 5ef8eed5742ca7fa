// Films that run with the one on the page: an interpreter of sign language as a second picture, and audio description as another sound.
// Nothing of them is fetched before they are switched on and the film plays. The second one follows the first: it is never more than
// a few hundredths of a second away for long, by playing a little faster or slower, and jumps when it is far off.

/** Seconds that nobody notices. */
const NEAR = 0.03;
/** Seconds that are jumped instead of caught up. */
const FAR = 0.7;
/** Milliseconds between two looks. */
const EVERY = 150;
const SETTINGS = {
  maxBufferLength: 20, maxMaxBufferLength: 30, maxBufferSize: 2_000_000, backBufferLength: 20, capLevelToPlayerSize: true,
  testBandwidth: false, timelineController: null, subtitleStreamController: null, subtitleTrackController: null,
  enableWebVTT: false, enableCEA708Captions: false, emeController: null, cmcdController: null, interstitialsController: null,
};

const root = document.querySelector('[data-companions]');
const player = document.querySelector('section.player');
const main = player?.querySelector('[data-part=video]');
const running = new Map();
let stalled = false;

const say = (sentence) => { root.querySelector('[data-companions-said]').textContent = sentence; };

function loadHls() {
  return new Promise((resolve, reject) => {
    if (window.Hls) return resolve();
    const script = Object.assign(document.createElement('script'), { src: root.dataset.hls, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

/** A film that follows the main one. */
class Follower {
  constructor(url, media, soundOnly, failed) {
    Object.assign(this, { url, media, soundOnly, failed });
    media.preservesPitch = true;
    this.clock = setInterval(() => this.step(), EVERY);
    this.step();
  }

  async load() {
    this.loading = true;
    try {
      await loadHls();
      if (this.over) return;
      if (!window.Hls.isSupported()) {
        this.media.src = this.url;
        return;
      }
      const hls = this.hls = new window.Hls({ ...SETTINGS, startPosition: main.currentTime });
      hls.on('hlsError', (_, error) => { if (error.fatal) this.failed(); });
      hls.on('hlsFragLoaded', (_, { frag }) => document.dispatchEvent(
        new CustomEvent('film-bytes', { detail: { url: frag.url, bytes: frag.stats.loaded } })));
      hls.on('hlsManifestParsed', () => {
        const sound = hls.allAudioTracks?.[0]?.url;
        if (this.soundOnly && sound && !this.narrowed) {
          // Of a film that is only heard the picture is not fetched.
          this.narrowed = true;
          hls.loadSource(sound);
        }
      });
      hls.loadSource(new URL(this.url, location).href);
      hls.attachMedia(this.media);
    } catch {
      this.failed();
    }
  }

  step() {
    const { media } = this;
    if (!this.loading) {
      if (!main.paused && main.readyState > 0) this.load();
      return;
    }
    if (media.readyState === 0) return;
    // One that is shorter has nothing more to say.
    if (main.currentTime > media.duration - 0.1) return media.pause();
    if (main.paused || stalled || main.seeking || main.ended) media.pause();
    else if (media.paused && !media.ended) media.play().catch(() => {});
    const drift = media.currentTime - main.currentTime;
    media.dataset.drift = drift.toFixed(3);
    if (Math.abs(drift) > FAR) {
      if (!media.seeking) media.currentTime = main.currentTime;
      media.playbackRate = main.playbackRate;
    } else {
      const pull = Math.abs(drift) > NEAR ? Math.max(-0.15, Math.min(0.15, drift)) : 0;
      media.playbackRate = main.playbackRate * (1 - pull);
    }
  }

  end() {
    this.over = true;
    clearInterval(this.clock);
    this.hls?.destroy();
    this.media.pause();
  }
}

// Sign language: a window over the picture, to be moved and resized by keys, by buttons, and by a pointer.

const MEMORY = 'tablica.player.companion';
const CORNERS = [[100, 100], [0, 100], [0, 0], [100, 0]];

function button(label, sign, act) {
  const made = Object.assign(document.createElement('button'), { type: 'button', textContent: sign });
  made.setAttribute('aria-label', label);
  made.addEventListener('click', act);
  return made;
}

function openWindow(url, failed) {
  const { window: label, smaller, larger, corner, keys } = root.dataset;
  const stage = player.querySelector('[data-part=stage]');
  const frame = document.createElement('div');
  const media = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
  const tools = document.createElement('div');
  const about = Object.assign(document.createElement('p'), { id: 'companion-keys', className: 'visually-hidden', textContent: keys });
  let place = { width: 30, x: 100, y: 100 };
  try {
    place = { ...place, ...JSON.parse(localStorage.getItem(MEMORY) ?? '{}') };
  } catch {
    // Nothing to be read: the corner below on the right.
  }
  frame.className = 'companion-window';
  frame.tabIndex = 0;
  frame.setAttribute('role', 'group');
  frame.setAttribute('aria-label', label);
  frame.setAttribute('aria-describedby', about.id);
  tools.className = 'companion-tools';

  // x and y are shares of the room that is left beside the window, so it never leaves the picture.
  const within = (value, least, most) => Math.max(least, Math.min(most, value));
  const draw = () => {
    const share = (frame.offsetHeight / stage.clientHeight) * 100 || place.width;
    frame.style.width = `${place.width}%`;
    frame.style.left = `${(place.x / 100) * (100 - place.width)}%`;
    frame.style.top = `${(place.y / 100) * Math.max(0, 100 - share)}%`;
  };
  const change = (more) => {
    place = { ...place, ...more };
    place = { width: within(place.width, 15, 60), x: within(place.x, 0, 100), y: within(place.y, 0, 100) };
    draw();
    try {
      localStorage.setItem(MEMORY, JSON.stringify(place));
    } catch {
      // It is where it was put until the page is left.
    }
  };
  const next = () => {
    const now = CORNERS.findIndex(([x, y]) => x === place.x && y === place.y);
    const [x, y] = CORNERS[(now + 1) % CORNERS.length];
    change({ x, y });
  };
  tools.append(
    button(smaller, '−', () => change({ width: place.width - 5 })),
    button(larger, '+', () => change({ width: place.width + 5 })),
    button(corner, '↻', next),
  );
  frame.append(media, tools, about);
  frame.addEventListener('keydown', (event) => {
    // A button keeps its keys from the player.
    if (event.target !== frame) return event.stopPropagation();
    const step = event.shiftKey ? 25 : 5;
    const acts = {
      ArrowLeft: { x: place.x - step }, ArrowRight: { x: place.x + step },
      ArrowUp: { y: place.y - step }, ArrowDown: { y: place.y + step },
      '+': { width: place.width + 5 }, '=': { width: place.width + 5 }, '-': { width: place.width - 5 },
    };
    const act = acts[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    change(act);
  });
  media.addEventListener('pointerdown', (down) => {
    media.setPointerCapture(down.pointerId);
    const from = { ...place };
    media.onpointermove = (move) => change({
      x: from.x + ((move.clientX - down.clientX) / Math.max(1, stage.clientWidth - frame.offsetWidth)) * 100,
      y: from.y + ((move.clientY - down.clientY) / Math.max(1, stage.clientHeight - frame.offsetHeight)) * 100,
    });
  });
  for (const name of ['pointerup', 'pointercancel']) media.addEventListener(name, () => { media.onpointermove = null; });
  media.addEventListener('loadedmetadata', draw);
  const resized = new ResizeObserver(draw);
  resized.observe(stage);
  stage.append(frame);
  draw();
  const follower = new Follower(url, media, false, failed);
  return { step: () => follower.step(), end: () => { follower.end(); resized.disconnect(); frame.remove(); } };
}

// Audio description: the sound of the other film in place of this one's. The main film is silenced by its volume, so that the
// player's own controls go on saying how loud it is and whether it is muted.

function openSound(url, failed) {
  const media = document.createElement('video');
  let loud = null;
  const take = () => {
    if (main.volume > 0) {
      loud = main.volume;
      main.volume = 0;
    }
    media.volume = loud ?? 0;
    media.muted = main.muted;
  };
  const follower = new Follower(url, media, true, failed);
  media.hidden = true;
  media.volume = 0;
  // The main sound stays until the other one is there.
  media.addEventListener('playing', () => {
    take();
    main.addEventListener('volumechange', take);
  }, { once: true });
  root.append(media);
  return {
    step: () => follower.step(),
    end: () => {
      follower.end();
      main.removeEventListener('volumechange', take);
      if (loud !== null) main.volume = loud;
      media.remove();
    },
  };
}

function toggle(pressed) {
  const kind = pressed.dataset.companion;
  const off = () => {
    running.get(kind)?.end();
    running.delete(kind);
    pressed.setAttribute('aria-pressed', 'false');
  };
  say('');
  if (running.has(kind)) return off();
  const failed = () => {
    off();
    say(root.dataset.failed);
  };
  const open = kind === 'sign_language' ? openWindow : openSound;
  running.set(kind, open(pressed.dataset.url, failed));
  pressed.setAttribute('aria-pressed', 'true');
}

if (root && main && (window.MediaSource || window.ManagedMediaSource || main.canPlayType('application/vnd.apple.mpegurl'))) {
  root.querySelector('[data-companions-plain]').hidden = true;
  root.querySelector('[data-companions-buttons]').hidden = false;
  for (const one of root.querySelectorAll('[data-companion]')) one.addEventListener('click', () => toggle(one));
  const everybody = () => running.forEach((one) => one.step());
  for (const name of ['play', 'pause', 'seeking', 'seeked', 'ratechange', 'ended']) main.addEventListener(name, everybody);
  main.addEventListener('waiting', () => { stalled = true; everybody(); });
  for (const name of ['playing', 'canplay']) main.addEventListener(name, () => { stalled = false; everybody(); });
}
