// Carries waiting reports to the town, photos first and in pieces, one at a time over all tabs and the worker.

import {
  after,
  attempting,
  next,
  outcomeOf,
  recovered,
  sending,
  withoutUploads,
  woken,
  type Item,
  type KeptPhoto,
  type Outcome,
} from "../core/outbox";
import { allItems, bytesOf, changeItem } from "./store";

const API = "/api/v1";
const PIECE = 256 * 1024;
/** A line that is silent for so long is dead; the browser alone would wait for minutes, and hold all others up. */
const PATIENCE_MS = 60_000;
/** Says that a request comes from this script: a foreign page cannot send it, and it acts for nobody signed in. */
const OURS = { "X-Requested-With": "outbox" };
const LATER: Outcome = { kind: "later", afterMs: 0 };

type Body = Record<string, unknown>;

let lock: Promise<boolean> = Promise.resolve(true);

/** Sends what waits, in order. Resolves with true when nothing waits any more. */
export function sendAll(): Promise<boolean> {
  if (globalThis.navigator?.locks) return navigator.locks.request("outbox", carryOn) as Promise<boolean>;
  lock = lock.then(carryOn);
  return lock;
}

/** A phone that cannot read its memory now has lost nothing: it is read again the next time. */
function carryOn(): Promise<boolean> {
  return carry().catch(() => false);
}

/** The same at once, without the pauses after failures: there is a network again, or the citizen asks. */
export async function sendNow(): Promise<boolean> {
  for (const { id, state, retryAt, heldUntil } of await allItems().catch(() => [])) {
    if (state === "waiting" && retryAt > heldUntil) await changeItem(id, woken).catch(() => undefined);
  }
  return sendAll();
}

async function carry(): Promise<boolean> {
  // Whoever holds the lock is the only one at work: what stands as «sending» was left by a browser that was closed.
  for (const { id, state } of await allItems()) if (state === "sending") await changeItem(id, recovered);
  for (;;) {
    const items = await allItems();
    const wanted = next(items, Date.now());
    if (!wanted) return !items.some((one) => one.state === "waiting");
    // The citizen may have taken it back to writing a moment ago.
    const item = await changeItem(wanted.id, (one) => (one.state === "waiting" ? sending(one) : one));
    if (item?.state !== "sending") continue;
    const outcome = await deliver(item).catch(() => LATER);
    const over = outcome.kind === "sent" ? item.photos.map((photo) => photo.id) : [];
    await changeItem(item.id, (one) => after(one, outcome, Date.now()), { drop: over });
    if (outcome.kind === "later") return false;
  }
}

async function deliver(item: Item): Promise<Outcome> {
  // Then nothing can have left this phone, and the citizen may still change it.
  if (!navigator.onLine) return LATER;
  if (!item.attempted) {
    for (const photo of item.photos) {
      const trouble = await upload(item, photo);
      if (trouble) return trouble;
    }
  }
  // From here on the town may have it, whatever we hear. What it has it knows by its id, with or without its photos.
  const attempt = await changeItem(item.id, attempting);
  if (!attempt) return LATER;
  const answer = await ask("POST", "/reports", attempt.body, {
    "Content-Type": "application/json",
    "Accept-Language": item.language,
    "Idempotency-Key": item.id,
  });
  const body = await json(answer);
  if (answer.status === 422 && body.uploads) {
    await changeItem(item.id, (one) => withoutUploads(one, {}));
    return LATER;
  }
  return outcomeOf(answer.status, body, answer.headers.get("Retry-After"));
}

/** Sends a photo from where the line broke; a refusal or a reason to wait when it did not go. */
async function upload(item: Item, photo: KeptPhoto): Promise<Outcome | null> {
  const { id, name } = photo;
  const bytes = await bytesOf(photo);
  if (!bytes) return { kind: "refused", reasons: { photo: [photo.gone || name] } };
  const announcement = JSON.stringify({ length: bytes.byteLength, name });
  let answer = await ask("PUT", `/uploads/${id}`, announcement, { "Content-Type": "application/json" });
  for (;;) {
    const state = await json(answer);
    if (answer.status === 404 && state.title) return again(item, id, bytes);
    if (!answer.ok && answer.status !== 409) return trouble(answer, state);
    if (state.photo) return null;
    const offset = state.offset;
    if (typeof offset !== "number") return LATER; // not the town's answer
    const piece = bytes.slice(offset, offset + PIECE);
    answer = await ask("PATCH", `/uploads/${id}`, piece, {
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(offset),
    });
  }
}

/** The town knows the upload as another browser's, so this one has lost its cookie: the photo goes under a new name. */
async function again(item: Item, id: string, bytes: ArrayBuffer): Promise<Outcome> {
  const name = crypto.randomUUID();
  const renamed = { keep: [{ id: name, bytes }], drop: [id] };
  await changeItem(item.id, (one) => withoutUploads(one, { [id]: name }), renamed);
  return LATER;
}

function trouble(answer: Response, body: Body): Outcome {
  const outcome = outcomeOf(answer.status, body, answer.headers.get("Retry-After"));
  return outcome.kind === "refused" ? { kind: "refused", reasons: { photo: [String(body.detail ?? "")] } } : outcome;
}

/** Asks the town's API for nobody but this phone, and never waits for ever. */
export function ask(method: string, path: string, body: BodyInit, headers: Record<string, string>): Promise<Response> {
  return fetch(API + path, {
    method,
    body,
    headers: { ...OURS, Accept: "application/json", ...headers },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

async function json(answer: Response): Promise<Body> {
  try {
    return ((await answer.json()) ?? {}) as Body;
  } catch {
    return {};
  }
}
