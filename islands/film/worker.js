// The service worker of kept films. Its scope is /kept/: it sees the page of kept films and nothing else of the site, and what it
// answers from is kept by kept.js alone. It keeps nothing itself, so no page of a person can get into it.

const SHELL = 'kept-shell';
const gone = () => new Response(null, { status: 404 });

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== location.origin) return;
  if (pathname.startsWith('/kept/media/')) event.respondWith(piece(pathname));
  else if (pathname === '/kept/films') event.respondWith(page(event.request));
  else if (pathname.startsWith('/assets/')) event.respondWith(asset(event.request));
});

/** A piece of a kept film, /kept/media/KEEPER/FILM/VERSION/…, as long as it may be kept. */
async function piece(pathname) {
  const [keeper, film] = pathname.split('/').slice(3);
  const name = `kept-${keeper}`;
  if (!(await caches.has(name))) return gone();
  const cache = await caches.open(name);
  const about = await cache.match(`/kept/media/${keeper}/${film}/about.json`);
  if (!about || (await about.json()).until <= Date.now()) return gone();
  return (await cache.match(pathname)) ?? gone();
}

/** The page: as the server has it now, else as it was kept. */
async function page(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) return answer;
  } catch {
    // No network.
  }
  return (await caches.match('/kept/films', { cacheName: SHELL, ignoreSearch: true })) ?? Response.error();
}

/** A file of the site: its address carries its hash, so what is kept is what is meant. */
async function asset(request) {
  return (await caches.match(request, { cacheName: SHELL })) ?? fetch(request);
}
