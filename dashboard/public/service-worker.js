/**
 * Keeps the page itself, so that a screen that reloads while the server is away shows its last snapshot and not a
 * browser error. Data is never kept here: everything under /v1 goes to the network.
 */
const CACHE = 'dealerstream-shell-1';
/** The page is one document; every address of it is answered with this one. */
const SHELL = '/';
/** The same document with a policy of its own: it may run WebAssembly, which reads codes. */
const SCAN = '/scan';
/** What the page asks for before this worker can see it. */
const MAP = ['/geo/china.topo.json', '/geo/map.json'];
/** Files of older builds are dropped beyond this many. */
const ENTRIES_MAX = 160;

self.addEventListener('install', (event) => {
  event.waitUntil(keepPage());
  self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || url.pathname.startsWith('/v1/')) return;
  if (request.mode === 'navigate') event.respondWith(networkFirst(request, url.pathname === SCAN ? SCAN : SHELL));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(cacheFirst(request));
  else if (url.pathname.startsWith('/geo/')) event.respondWith(networkFirst(request, request));
});

/** The document, the scripts and styles that it names, and the map. Fonts follow as the page uses them. */
async function keepPage() {
  const cache = await caches.open(CACHE);
  const response = await fetch(SHELL, { cache: 'no-cache' });
  const html = await response.clone().text();
  const named = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]);
  await cache.put(SHELL, response);
  const scan = new Request(SCAN, { headers: { accept: 'text/html' } });
  await cache.addAll([...new Set([...named, ...MAP]), scan]);
}

async function networkFirst(request, key) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(key, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(key);
    if (kept === undefined) throw error;
    return kept;
  }
}

/** Names of assets carry the hash of their content: what is kept never needs to be asked for again. */
async function cacheFirst(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.ok) {
    await cache.put(request, response.clone());
    const keys = await cache.keys();
    await Promise.all(keys.slice(0, Math.max(0, keys.length - ENTRIES_MAX)).map((old) => cache.delete(old)));
  }
  return response;
}
