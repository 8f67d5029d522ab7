/**
 * Push messages, asked for by a tap on `[data-push]` and never before (templates/macros/follow.html).
 *
 *   data-push-key       the town's public key   data-push-address   where the subscription goes
 *   data-push-topic     what to follow, as JSON; else data-push-form, the form that says it
 *   data-words          sentences, from the server
 */

import { readWords, type Words } from "../core/words";
import { registerWorker } from "../ports/worker";

const FORM_FIELDS = ["reference", "what", "category", "within", "area", "place", "lon", "lat", "radius", "language"];

interface Followed {
  readonly topic: string;
  readonly manage: string;
}

export class NotFollowed extends Error {}

/** Shows the buttons where the browser can do it at all. */
export function enhancePush(root: ParentNode = document): void {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;
  for (const part of root.querySelectorAll<HTMLElement>("[data-push]")) {
    const button = part.querySelector<HTMLButtonElement>("[data-push-start]");
    if (!button) continue;
    part.hidden = false;
    button.addEventListener("click", () => void follow(part, button));
  }
}

async function follow(part: HTMLElement, button: HTMLButtonElement): Promise<void> {
  const words = readWords(part.dataset.words);
  const say = (sentence: string): void => {
    const status = part.querySelector<HTMLElement>("[data-push-said]");
    if (status) status.textContent = sentence;
  };
  button.disabled = true;
  try {
    say(words("asking"));
    if ((await Notification.requestPermission()) !== "granted") {
      say(words("denied"));
      return;
    }
    say(words("sending"));
    const followed = await send(part, await subscription(part.dataset.pushKey ?? ""));
    say(`${words("done")} `);
    button.hidden = true;
    link(part, followed, words);
  } catch (error) {
    say(error instanceof NotFollowed ? error.message : words("failed"));
  } finally {
    button.disabled = false;
  }
}

async function subscription(key: string): Promise<PushSubscription> {
  const worker = await registerWorker();
  if (!worker) throw new Error("no service worker");
  const { pushManager } = worker;
  const before = await pushManager.getSubscription();
  if (before && sameKey(before, key)) return before;
  // Made for another key: nobody could write to it any more.
  await before?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
}

function sameKey(known: PushSubscription, key: string): boolean {
  const used = known.options?.applicationServerKey;
  return !used || String(new Uint8Array(used)) === String(bytes(key));
}

/** The bytes of a base64url text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

async function send(part: HTMLElement, made: PushSubscription): Promise<Followed> {
  const wanted = { language: part.dataset.pushLanguage, ...topic(part), ...made.toJSON() };
  const answer = await fetch(part.dataset.pushAddress ?? "", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(wanted),
  });
  const result = (await answer.json()) as Partial<Followed> & { errors?: Record<string, string[]>; detail?: string };
  if (!answer.ok) throw new NotFollowed(Object.values(result.errors ?? {}).flat().join(" ") || (result.detail ?? ""));
  return result as Followed;
}

function topic(part: HTMLElement): Record<string, unknown> {
  if (part.dataset.pushTopic) return JSON.parse(part.dataset.pushTopic) as Record<string, unknown>;
  const form = document.querySelector<HTMLFormElement>(part.dataset.pushForm ?? "");
  const fields = form ? new FormData(form) : new FormData();
  return Object.fromEntries(FORM_FIELDS.flatMap((name) => (fields.get(name) ? [[name, fields.get(name)]] : [])));
}

function link(part: HTMLElement, { manage }: Followed, words: Words): void {
  const way = document.createElement("a");
  way.href = manage;
  way.textContent = words("manage");
  part.querySelector("[data-push-said]")?.append(way);
}
