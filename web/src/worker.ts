/// <reference lib="webworker" />
// The service worker: keeps the steps of a new report for when there is no network, sends what waits, shows messages.

import { sendAll } from "./ports/sending";

declare const self: ServiceWorkerGlobalScope & {
  /** Written by the server in front of this script: the build's name and the files of the citizen's pages. */
  readonly KATHIMERINA: { readonly version: string; readonly files: readonly string[] };
};

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

const SHELL = `shell-${self.KATHIMERINA.version}`;
const MEMORY = "memory";
const LANGUAGES = ["el", "en"];
const shellOf = (language: string): string => `/new/shell?lang=${language}`;
/** A bad line is as good as none after this. */
const PATIENCE_MS = 4_000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(SHELL);
      await cache.addAll([...LANGUAGES.map(shellOf), ...self.KATHIMERINA.files]);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("shell-") && name !== SHELL) await caches.delete(name);
      }
      await self.clients.claim();
      await sendAll();
    })(),
  );
});

self.addEventListener("message", (event) => {
  const { language } = (event.data ?? {}) as { language?: string };
  if (language && LANGUAGES.includes(language)) event.waitUntil(remember(language));
});

async function remember(language: string): Promise<void> {
  await (await caches.open(MEMORY)).put("/language", new Response(language));
}

async function language(): Promise<string> {
  return (await (await caches.match("/language", { cacheName: MEMORY }))?.text()) ?? "el";
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (self.KATHIMERINA.files.includes(address.pathname + address.search)) {
    event.respondWith(kept(request));
  } else if (address.pathname === "/new/shell") {
    event.respondWith(newest(request, shellOf(address.searchParams.get("lang") ?? "el")));
  } else if (request.mode === "navigate" && (address.pathname === "/" || address.pathname.startsWith("/new/"))) {
    event.respondWith(page(request));
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(`/offline?lang=${await language()}`))!));
  }
});

/** Files whose names change with their content, and the map's ground. */
async function kept(request: Request): Promise<Response> {
  return (await caches.match(request, { cacheName: SHELL })) ?? fetch(request);
}

/** The server's newest, else what was kept of it. */
async function newest(request: Request, address: string): Promise<Response> {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) await (await caches.open(SHELL)).put(address, answer.clone());
    return answer;
  } catch {
    return (await caches.match(address, { cacheName: SHELL }))!;
  }
}

/** A step as the server has it; without a network the kept steps, which the script then fills. */
async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return (await caches.match(shellOf(await language()), { cacheName: SHELL }))!;
  }
}

self.addEventListener("sync", (event) => {
  const sync = event as SyncEvent;
  if (sync.tag === "outbox") sync.waitUntil(allSent());
});

async function allSent(): Promise<void> {
  // A rejection asks the browser to wake us again.
  if (!(await sendAll())) throw new Error("some wait");
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
