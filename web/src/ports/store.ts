// The phone's own memory: reports that are being written, wait or were sent, and their photos.

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { isOpen, type Item } from "../core/outbox";

interface Schema extends DBSchema {
  reports: { key: string; value: Item };
  photos: { key: string; value: { id: string; blob: Blob } };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

function store(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>("kathimerina", 1, {
    upgrade(db) {
      db.createObjectStore("reports", { keyPath: "id" });
      db.createObjectStore("photos", { keyPath: "id" });
    },
  });
  return opened;
}

export async function allItems(): Promise<Item[]> {
  const items = await (await store()).getAll("reports");
  return items.sort((a, b) => b.createdAt - a.createdAt);
}

export async function itemWith(id: string): Promise<Item | undefined> {
  return (await store()).get("reports", id);
}

/**
 * Puts what `change` makes of the item in its place, with nobody in between; when this resolves it is on the disk.
 * Resolves with what stands there then; undefined when there is no such item any more.
 */
export function changeItem(id: string, change: (item: Item) => Item): Promise<Item | undefined> {
  return put(id, (item) => item && change(item));
}

/** Keeps what is being written, unless another tab has sent it off meanwhile. Resolves with what stands there then. */
export async function keepDraft(draft: Item): Promise<Item> {
  return (await put(draft.id, (item) => (item && !isOpen(item) ? item : draft))) ?? draft;
}

async function put(id: string, change: (item: Item | undefined) => Item | undefined): Promise<Item | undefined> {
  const transaction = (await store()).transaction("reports", "readwrite", { durability: "strict" });
  const before = await transaction.store.get(id);
  const now = change(before);
  if (now && now !== before) await transaction.store.put(now);
  await transaction.done;
  if (!now || now === before) return now;
  // So that a page knows without opening the database whether there is anything; a worker has no such note.
  globalThis.localStorage?.setItem("outbox", "1");
  told();
  return now;
}

export async function keepPhoto(id: string, blob: Blob): Promise<void> {
  await (await store()).put("photos", { id, blob });
}

export async function photoWith(id: string): Promise<Blob | undefined> {
  return (await (await store()).get("photos", id))?.blob;
}

export async function dropPhotos(ids: readonly string[]): Promise<void> {
  const db = await store();
  for (const id of ids) await db.delete("photos", id);
}

/** Forgets a report and its photos, unless it is on the wire this moment. */
export async function dropItem(id: string): Promise<void> {
  const transaction = (await store()).transaction(["reports", "photos"], "readwrite");
  const item = await transaction.objectStore("reports").get(id);
  if (item && item.state !== "sending") {
    await transaction.objectStore("reports").delete(id);
    for (const photo of item.photos) await transaction.objectStore("photos").delete(photo.id);
  }
  await transaction.done;
  told();
}

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("outbox");

/** Other pages and the worker look again. */
function told(): void {
  channel?.postMessage("changed");
  globalThis.dispatchEvent?.(new Event("outbox"));
}

/** Calls back whenever something changed, here or in another tab. */
export function onChange(call: () => void): void {
  globalThis.addEventListener("outbox", call);
  channel?.addEventListener("message", call);
}
