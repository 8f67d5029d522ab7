// Carries waiting reports to the town, photos first and in pieces, one at a time over all tabs and the worker.

import { after, bodyOf, next, outcomeOf, recovered, sending, type Item, type Outcome } from "../core/outbox";
import { allItems, dropPhotos, itemWith, keepItem, photoWith } from "./store";

const API = "/api/v1";
const PIECE = 256 * 1024;
/** Says that a request comes from this script: a foreign page cannot send it, and it acts for nobody signed in. */
const OURS = { "X-Requested-With": "outbox" };

/** Sends what waits, in order. Resolves with true when nothing waits any more. */
export async function sendAll(): Promise<boolean> {
  if (!globalThis.navigator?.locks) return carry();
  return navigator.locks.request("outbox", carry);
}

async function carry(): Promise<boolean> {
  // Whoever holds the lock is the only one at work: what stands as «sending» was left by a browser that was closed.
  for (const item of await allItems()) if (item.state === "sending") await keepItem(recovered(item));
  for (;;) {
    const items = await allItems();
    const item = next(items, Date.now());
    if (!item) return !items.some((one) => one.state === "waiting");
    await keepItem(sending(item));
    const outcome = await deliver(item).catch((): Outcome => ({ kind: "later", afterMs: 0 }));
    const current = (await itemWith(item.id)) ?? item;
    await keepItem(after(current, outcome, Date.now()));
    if (outcome.kind === "sent") await dropPhotos(item.photos.map((photo) => photo.id));
    if (outcome.kind === "later") return false;
  }
}

async function deliver(item: Item): Promise<Outcome> {
  for (const photo of item.photos) {
    const refused = await upload(photo.id, photo.name);
    if (refused) return refused;
  }
  // From here on the town may have it, whatever we hear.
  await keepItem({ ...sending(item), attempted: true });
  const answer = await fetch(`${API}/reports`, {
    method: "POST",
    headers: {
      ...OURS,
      "Content-Type": "application/json",
      Accept: "application/json",
      "Accept-Language": item.language,
      "Idempotency-Key": item.id,
    },
    body: JSON.stringify(bodyOf(item)),
  });
  const body = await json(answer);
  // The server has forgotten a photo that this phone still has: it goes again, from where the server says.
  if (answer.status === 422 && body.uploads) return { kind: "later", afterMs: 0 };
  return outcomeOf(answer.status, body, answer.headers.get("Retry-After"));
}

/** Sends a photo from where the line broke; a refusal or a reason to wait when it did not go. */
async function upload(id: string, name: string): Promise<Outcome | null> {
  const blob = await photoWith(id);
  if (!blob) return { kind: "refused", reasons: { photo: [name] } };
  const begun = await fetch(`${API}/uploads/${id}`, {
    method: "PUT",
    headers: { ...OURS, "Content-Type": "application/json" },
    body: JSON.stringify({ length: blob.size, name }),
  });
  let state = await json(begun);
  if (!begun.ok) return trouble(begun, state);
  while (!state.photo) {
    const offset = Number(state.offset);
    const piece = await fetch(`${API}/uploads/${id}`, {
      method: "PATCH",
      headers: { ...OURS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) },
      body: blob.slice(offset, offset + PIECE),
    });
    state = await json(piece);
    if (!piece.ok && piece.status !== 409) return trouble(piece, state);
  }
  return null;
}

function trouble(answer: Response, body: Record<string, unknown>): Outcome {
  const outcome = outcomeOf(answer.status, body, answer.headers.get("Retry-After"));
  return outcome.kind === "refused" ? { kind: "refused", reasons: { photo: [String(body.detail ?? "")] } } : outcome;
}

async function json(answer: Response): Promise<Record<string, unknown>> {
  try {
    return (await answer.json()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
