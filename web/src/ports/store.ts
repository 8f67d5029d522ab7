// The phone's own memory: reports that are being written, wait or were sent, and their photos.
//
// Photos are kept as their own bytes. A private window of WebKit keeps no Blob, and says nothing; elsewhere a Blob or
// File is only a reference, which phones let die. And no wait on the memory is without end: it ends in NoMemory.

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { isOpen, type Item, type KeptPhoto } from "../core/outbox";
import { looksLikePhoto } from "../core/photos";

export interface PhotoBytes {
  readonly id: string;
  readonly bytes: ArrayBuffer;
}

/** What changes with a report in the same stroke: photos to keep, and ids of photos to drop. */
export interface Photos {
  readonly keep?: readonly PhotoBytes[];
  readonly drop?: readonly string[];
}

interface Schema extends DBSchema {
  reports: { key: string; value: Item };
  photos: { key: string; value: PhotoBytes | { id: string; blob: Blob } };
}

/** The phone does not keep what it should: there is no memory, it is full, or it does not answer. */
export class NoMemory extends Error {}

/** Longer than a slow phone needs for five photos; some browsers would wait for ever. */
const PATIENCE_MS = 8_000;

let opened: Promise<IDBPDatabase<Schema>> | null = null;

function store(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>("kathimerina", 1, {
    upgrade(db) {
      db.createObjectStore("reports", { keyPath: "id" });
      db.createObjectStore("photos", { keyPath: "id" });
    },
    terminated: forgetConnection,
  });
  return opened;
}

function forgetConnection(): void {
  opened = null;
}

/** What the memory says, or NoMemory in time. */
async function told<T>(ask: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  let late = 0;
  const patience = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new NoMemory("no answer")), PATIENCE_MS) as unknown as number;
  });
  try {
    return await Promise.race([store().then(ask), patience]);
  } catch (error) {
    forgetConnection();
    throw error instanceof NoMemory ? error : new NoMemory(String(error));
  } finally {
    clearTimeout(late);
  }
}

/** Throws NoMemory where nothing can be kept: tried with what is kept of a photo, its bytes. */
export async function requireMemory(): Promise<void> {
  const id = "try";
  await told(async (db) => {
    const trial = db.transaction("photos", "readwrite", { durability: "strict" });
    trial.done.catch(() => undefined);
    await trial.store.put({ id, bytes: new ArrayBuffer(1) });
    await trial.store.delete(id);
    await trial.done;
  });
}

export async function allItems(): Promise<Item[]> {
  const items = await told((db) => db.getAll("reports"));
  return items.sort((a, b) => b.createdAt - a.createdAt);
}

export function itemWith(id: string): Promise<Item | undefined> {
  return told((db) => db.get("reports", id));
}

/**
 * Puts what `change` makes of the item in its place, with nobody in between; when this resolves it is on the disk.
 * Resolves with what stands there then; undefined when there is no such item any more.
 */
export function changeItem(id: string, change: (item: Item) => Item, photos: Photos = {}): Promise<Item | undefined> {
  return put(id, (item) => item && change(item), photos);
}

/** Keeps what is being written, unless another tab has sent it off meanwhile. Resolves with what stands there then. */
export async function keepDraft(draft: Item, photos: Photos = {}): Promise<Item> {
  return (await put(draft.id, (item) => (item && !isOpen(item) ? item : draft), photos)) ?? draft;
}

/** The report and its photos in one strict transaction: both are on the disk, or neither. */
async function put(
  id: string,
  change: (item: Item | undefined) => Item | undefined,
  { keep = [], drop = [] }: Photos,
): Promise<Item | undefined> {
  const [now, changed] = await told(async (db) => {
    const transaction = db.transaction(["reports", "photos"], "readwrite", { durability: "strict" });
    const reports = transaction.objectStore("reports");
    const photos = transaction.objectStore("photos");
    // What is asked for in a transaction that is aborted fails as well; the transaction itself tells why.
    transaction.done.catch(() => undefined);
    const before = await reports.get(id);
    const item = change(before);
    const isNew = item !== undefined && item !== before;
    if (isNew) {
      await reports.put(item);
      for (const photo of keep) await photos.put(photo);
      for (const photo of drop) await photos.delete(photo);
    }
    await transaction.done;
    return [item, isNew] as const;
  });
  if (!changed) return now;
  // So that a page knows without opening the database whether there is anything; a worker has no such note.
  globalThis.localStorage?.setItem("outbox", "1");
  tellOthers();
  return now;
}

/** The bytes of a photo as they were kept; undefined when they are gone, or are not those any more. */
export async function bytesOf({ id, size }: KeptPhoto): Promise<ArrayBuffer | undefined> {
  const bytes = await told(async (db) => {
    const kept = await db.get("photos", id);
    // Until November 2026 they were kept as Blobs.
    return kept && "blob" in kept ? kept.blob.arrayBuffer().catch(() => undefined) : kept?.bytes;
  });
  return bytes && bytes.byteLength === size && looksLikePhoto(bytes) ? bytes : undefined;
}

/** The address of a kept photo, for a picture; whoever shows it gives it back. Empty when its bytes are gone. */
export async function pictureOf(photo: KeptPhoto): Promise<string> {
  const bytes = await bytesOf(photo).catch(() => undefined);
  return bytes ? URL.createObjectURL(new Blob([bytes])) : "";
}

/** Forgets a report and its photos, unless it is on the wire this moment. */
export async function dropItem(id: string): Promise<void> {
  await told(async (db) => {
    const transaction = db.transaction(["reports", "photos"], "readwrite");
    const item = await transaction.objectStore("reports").get(id);
    if (item && item.state !== "sending") {
      await transaction.objectStore("reports").delete(id);
      for (const photo of item.photos) await transaction.objectStore("photos").delete(photo.id);
    }
    await transaction.done;
  });
  tellOthers();
}

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("outbox");

/** Other pages and the worker look again. */
function tellOthers(): void {
  channel?.postMessage("changed");
  globalThis.dispatchEvent?.(new Event("outbox"));
}

/** Calls back whenever something changed, here or in another tab. */
export function onChange(call: () => void): void {
  globalThis.addEventListener("outbox", call);
  channel?.addEventListener("message", call);
}
