/// <reference lib="webworker" />
// The service worker: keeps the steps of a new report for when there is no network, sends what waits, shows messages.

import type { Position } from "./core/geo";
import { tileAddress, tileName, tilesAround } from "./core/tiles";
import { sendNow } from "./ports/sending";

declare const self: ServiceWorkerGlobalScope & {
  /** Written by the server in front of this script: the build's name and the files of the citizen's pages. */
  readonly KATHIMERINA: { readonly version: string; readonly files: readonly string[] };
};

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

const { version, files } = self.KATHIMERINA;
const SHELL = `shell-${version}`;
const MEMORY = "memory";
const LANGUAGES = ["el", "en"];
const shellOf = (language: string): string => `/new/shell?lang=${language}`;
const offlineOf = (language: string): string => `/offline?lang=${language}`;
/** Their names change with their content. */
const BUILT = "/static/dist/assets/";
/** A bad line is as good as none after this. */
const PATIENCE_MS = 4_000;

// A new worker waits until the pages of the old one are closed: an open form finds the scripts it was made with.
self.addEventListener("install", (event) => {
  event.waitUntil(keepAll());
});

async function keepAll(): Promise<void> {
  const cache = await caches.open(SHELL);
  await cache.addAll([...LANGUAGES.map(shellOf), ...files]);
  for (const page of [...LANGUAGES.map(shellOf), ...LANGUAGES.map(offlineOf)]) {
    const answer = await fromCache(page);
    // A new build came out in between; the browser tries again with that one.
    if (!answer || !(await isComplete(answer))) throw new Error(page);
  }
}

/** Whether all that a page needs of the build is kept here. */
async function isComplete(page: Response): Promise<boolean> {
  const needed = (await page.text()).matchAll(/\/static\/dist\/assets\/[^"]+/g);
  return [...needed].every(([name]) => files.includes(name));
}

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("shell-") && name !== SHELL) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  const { language, ground } = (event.data ?? {}) as { language?: string; ground?: Ground };
  if (language && LANGUAGES.includes(language)) event.waitUntil(remember(language));
  if (ground) event.waitUntil(keepAround(ground));
});

async function remember(language: string): Promise<void> {
  await (await caches.open(MEMORY)).put("/language", new Response(language));
}

async function language(): Promise<string> {
  return (await (await caches.match("/language", { cacheName: MEMORY }))?.text()) ?? "el";
}

const fromCache = (address: string): Promise<Response | undefined> =>
  caches.match(address, { cacheName: SHELL, ignoreVary: true });

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  const file = address.pathname + address.search;
  const tile = tileName(file);
  if (tile) event.respondWith(ground(request.url, tile, event));
  else if (file.startsWith(BUILT)) event.respondWith(built(request, file));
  else if (files.includes(file)) event.respondWith(keptAndRenewed(event, file));
  else if (address.pathname === "/new/shell") event.respondWith(shell(event, request, file));
  else if (request.mode === "navigate") event.respondWith(page(request, address.pathname));
});

// -- the map's ground ------------------------------------------------------------------------------------------

interface Ground {
  readonly address: string;
  readonly spots: readonly Position[];
}

const TILES = "tiles";
/** Of some 8 kB each; what was not looked at for longest goes first. */
const MOST_TILES = 600;
const AROUND_M = 300;
/** A map draws a tile at one zoom more than its own, and the finest at every closer one: where the pin is set, first. */
const KEPT_ZOOMS = [16, 15, 14, 13, 12];
const VERSION = "X-Tile-Version";

/** A tile as it is kept in this version; else as the server has it; without a network as it was kept last. */
async function ground(address: string, tile: { name: string; version: string }, event: ExtendableEvent): Promise<Response> {
  const cache = await caches.open(TILES);
  const kept = await cache.match(tile.name);
  if (kept?.headers.get(VERSION) === tile.version) {
    event.waitUntil(keepTile(cache, tile, kept.clone()));
    return kept;
  }
  try {
    const answer = await fetch(address);
    if (answer.ok) event.waitUntil(keepTile(cache, tile, answer.clone()));
    return answer.ok ? answer : (kept ?? answer);
  } catch {
    return kept ?? Response.error();
  }
}

/** Puts the tile last, where the newest are, in one stroke: a cache gives its keys in the order in which they came. */
async function keepTile(cache: Cache, { name, version }: { name: string; version: string }, answer: Response): Promise<void> {
  const headers = { "Content-Type": answer.headers.get("Content-Type") ?? "", [VERSION]: version };
  const body = await answer.arrayBuffer();
  await cache.put(name, new Response(body, { headers }));
  const names = await cache.keys();
  for (const old of names.slice(0, Math.max(0, names.length - MOST_TILES))) await cache.delete(old);
}

/** One tile after the other: nobody waits for them, and the line may be a thin one. */
async function keepAround({ address, spots }: Ground): Promise<void> {
  const cache = await caches.open(TILES);
  for (const spot of spots) {
    for (const place of tilesAround(spot, AROUND_M, KEPT_ZOOMS)) {
      const path = tileAddress(address, place);
      const tile = tileName(path);
      if (!tile || (await cache.match(tile.name))?.headers.get(VERSION) === tile.version) continue;
      const answer = await fetch(path).catch(() => null);
      if (!answer) return;
      if (answer.ok) await keepTile(cache, tile, answer);
    }
  }
}

async function built(request: Request, file: string): Promise<Response> {
  return (await fromCache(file)) ?? fetch(request);
}

/** The map's ground and the icons: at once as they were kept, and the newest for the next time. */
async function keptAndRenewed(event: FetchEvent, file: string): Promise<Response> {
  const newest = fetch(event.request).then(async (answer) => {
    if (answer.ok) await renew(file, answer.clone());
    return answer;
  });
  const cached = await fromCache(file);
  if (!cached) return newest;
  event.waitUntil(newest.catch(() => undefined));
  return cached;
}

/** The steps as the server has them now, else as they were kept. */
async function shell(event: FetchEvent, request: Request, file: string): Promise<Response> {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(String(answer.status));
    event.waitUntil(renew(file, answer.clone()));
    return answer;
  } catch {
    return (await fromCache(file)) ?? Response.error();
  }
}

/** Keeps newer steps, unless they are of a newer build: the files of that one are not here. */
async function renew(file: string, answer: Response): Promise<void> {
  if (await isComplete(answer.clone())) await (await caches.open(SHELL)).put(file, answer);
}

/** A page as the server has it; without a network the kept steps, which the script then fills, or where to find them. */
async function page(request: Request, path: string): Promise<Response> {
  const steps = path === "/" || path.startsWith("/new/");
  try {
    return await fetch(request, steps ? { signal: AbortSignal.timeout(PATIENCE_MS) } : {});
  } catch {
    const spoken = await language();
    return (await fromCache(steps ? shellOf(spoken) : offlineOf(spoken))) ?? Response.error();
  }
}

self.addEventListener("sync", (event) => {
  const sync = event as SyncEvent;
  if (sync.tag === "outbox") sync.waitUntil(allSent());
});

async function allSent(): Promise<void> {
  // A rejection asks the browser to wake us again.
  if (!(await sendNow())) throw new Error("some wait");
}

interface Message {
  readonly title: string;
  readonly body: string;
  readonly url: string;
  readonly tag?: string;
  readonly lang?: string;
}

self.addEventListener("push", (event) => {
  const message = event.data?.json() as Message | undefined;
  if (!message) return;
  const { title, body, url, tag, lang } = message;
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      icon: "/static/icons/icon-192.png",
      badge: "/static/icons/icon-192.png",
      data: { url },
      ...(tag ? { tag } : {}),
      ...(lang ? { lang } : {}),
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data as { url: string };
  const path = new URL(url, location.origin);
  if (path.origin === location.origin) event.waitUntil(self.clients.openWindow(path.href));
});
