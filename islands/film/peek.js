// A still picture above the seek bar, of the place under the pointer. It is made from the key pictures that the film has anyway: of a
// segment of the smallest size only the bytes of its first picture are fetched (RFC 8216 §4.3.3.6) and decoded by WebCodecs.

/** Milliseconds that the pointer rests before something is fetched. */
const REST = 90;

/** The smallest pictures of a film: where they begin, and what to fetch. `null` when it has none. */
async function read(master) {
  const answer = await fetch(master);
  const streams = [...(await answer.text()).matchAll(/#EXT-X-I-FRAME-STREAM-INF:(.*)/g)].map(([, line]) => ({
    codec: /CODECS="(avc1[^",]*)/.exec(line)?.[1], height: Number(/RESOLUTION=\d+x(\d+)/.exec(line)?.[1]), uri: /URI="([^"]+)"/.exec(line)?.[1],
  })).filter(({ codec, uri }) => codec && uri);
  const least = streams.sort((one, other) => one.height - other.height)[0];
  if (!least) return null;
  const address = new URL(least.uri, answer.url);
  const text = await (await fetch(address)).text();
  const pictures = [];
  const maps = new Map();
  let at = 0;
  let map;
  // A film that is cut may have ends with a beginning of their own.
  for (const [, init, seconds, bytes, uri] of text.matchAll(/#EXT-X-MAP:URI="([^"]+)"|#EXTINF:([\d.]+),\n#EXT-X-BYTERANGE:(\d+)@0\n(.+)/g)) {
    if (init) {
      map = init;
      if (!maps.has(map)) {
        maps.set(map, inside(new Uint8Array(await (await fetch(new URL(map, address))).arrayBuffer()), 'avcC'));
      }
    } else {
      pictures.push({ at, bytes: Number(bytes), url: new URL(uri, address), description: maps.get(map) });
      at += Number(seconds);
    }
  }
  if (!pictures.length || !pictures.every(({ description }) => description)) return null;
  return { codec: least.codec, pictures };
}

const number = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);

/** What the box avcC holds; its place in the tree does not matter, there is one. */
function inside(bytes, name) {
  const letters = [...name].map((letter) => letter.charCodeAt(0));
  for (let at = 4; at + 4 < bytes.length; at += 1) {
    if (letters.every((letter, index) => bytes[at + index] === letter)) return bytes.slice(at + 4, at - 4 + number(bytes, at - 4));
  }
  return null;
}

/** The first sample of a segment: from the beginning of its mdat (ISO/IEC 14496-12 §8.1.1) to the last byte that was fetched. */
function sample(bytes) {
  for (let at = 0; at + 8 <= bytes.length; at += number(bytes, at)) {
    if (number(bytes, at + 4) === 0x6d646174) return bytes.subarray(at + 8);
    if (number(bytes, at) < 8) return null;
  }
  return null;
}

async function picture(film, one) {
  const answer = await fetch(one.url, { headers: { range: `bytes=0-${one.bytes - 1}` } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  document.dispatchEvent(new CustomEvent('film-bytes', { detail: { url: one.url.href, bytes: bytes.length } }));
  const data = sample(bytes.subarray(0, one.bytes));
  if (!data) throw new Error('a segment without a picture');
  return new Promise((resolve, reject) => {
    const decoder = new VideoDecoder({
      output: (frame) => resolve(createImageBitmap(frame).finally(() => frame.close())),
      error: reject,
    });
    decoder.configure({ codec: film.codec, description: one.description, optimizeForLatency: true });
    decoder.decode(new EncodedVideoChunk({ type: 'key', timestamp: 0, data }));
    decoder.flush().then(() => decoder.close()).catch(reject);
  });
}

/** Shows pictures above `bar` from now on. `master`: address of the film's playlist; `clock` writes seconds. */
export async function wake(bar, master, clock) {
  const film = await read(master).catch(() => null);
  if (!film) return;
  const seek = bar.querySelector('[data-part=seek]');
  const frame = document.createElement('div');
  const canvas = document.createElement('canvas');
  const time = document.createElement('span');
  const known = new Map();
  let resting = 0;
  frame.className = 'player-peek';
  frame.hidden = true;
  frame.setAttribute('aria-hidden', 'true');
  frame.append(canvas, time);
  bar.append(frame);

  async function show(seconds) {
    const index = Math.max(0, film.pictures.findLastIndex(({ at }) => at <= seconds));
    if (!known.has(index)) known.set(index, picture(film, film.pictures[index]));
    frame.dataset.wanted = index;
    try {
      const still = await known.get(index);
      if (frame.dataset.wanted !== String(index)) return;
      canvas.width = 160;
      canvas.height = Math.round((160 * still.height) / still.width);
      canvas.getContext('2d').drawImage(still, 0, 0, canvas.width, canvas.height);
      frame.dataset.shown = index;
    } catch {
      // Without it the time alone is shown; the next one is tried again.
      known.delete(index);
    }
  }

  bar.addEventListener('pointermove', (event) => {
    const { left, width } = seek.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientX - left) / width));
    const seconds = share * Number(seek.max);
    frame.hidden = false;
    time.textContent = clock(seconds);
    frame.style.left = `${Math.max(0, Math.min(width - frame.offsetWidth, share * width - frame.offsetWidth / 2))}px`;
    clearTimeout(resting);
    resting = setTimeout(() => show(seconds), REST);
  });
  bar.addEventListener('pointerleave', () => {
    clearTimeout(resting);
    frame.hidden = true;
  });
}
