// The service worker: it keeps the steps and the ground for when there is no network, and sends what waits.

import type { Position } from "../core/geo";

/** Lets the worker keep the ground around these places, so that a spot is found there without a network. */
export async function keepGround(address: string, spots: readonly Position[]): Promise<void> {
  if (!("serviceWorker" in navigator) || spots.length === 0) return;
  (await navigator.serviceWorker.ready).active?.postMessage({ ground: { address, spots } });
}

/** Registers the worker; null where the browser has none. */
export async function registerWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator)) return null;
  try {
    await navigator.serviceWorker.register("/sw.js", { scope: "/" });
    const ready = await navigator.serviceWorker.ready;
    ready.active?.postMessage({ language: document.documentElement.lang });
    return ready;
  } catch {
    return null;
  }
}
