// A phone that keeps nothing more: what is written goes on as the town's own draft, under the same id and address.

import type { Item } from "../core/outbox";
import type { Steps } from "../core/steps";
import { postForm, tokenOf } from "../ports/network";
import { bytesOf, dropItem, type PhotoBytes } from "../ports/store";
import { THE_TOWNS } from "./draft";

/**
 * Posts every step as its form would; `inHand` are photos that are in no memory but the page's. Rejects without a
 * network: nothing is lost as long as the page stays open.
 */
export async function handOver(item: Item, steps: Steps, inHand: readonly PhotoBytes[]): Promise<void> {
  const forms = new Map<string, FormData>([["photo", await photosOf(item, inHand)]]);
  for (const [name, values] of Object.entries(item.fields)) {
    const step = steps.stepOf(name);
    if (step === "check") continue; // its form is the one that sends
    const form = forms.get(step) ?? new FormData();
    for (const value of values) form.append(name, value);
    forms.set(step, form);
  }
  const token = await tokenOf("/");
  for (const [step, form] of forms) {
    if (token) form.set("csrf_token", token);
    const answer = await postForm(`/new/${item.id}/${step}`, form, "/");
    if (!answer || answer.status === 429 || answer.status >= 500) throw new Error(String(answer?.status));
  }
  sessionStorage.setItem(THE_TOWNS, item.id);
  await dropItem(item.id).catch(() => undefined);
  location.replace(`/new/${item.id}/${item.step}`);
}

async function photosOf(item: Item, inHand: readonly PhotoBytes[]): Promise<FormData> {
  const form = new FormData();
  for (const photo of item.photos) {
    const bytes = inHand.find(({ id }) => id === photo.id)?.bytes ?? (await bytesOf(photo).catch(() => undefined));
    if (bytes) form.append("photo", new Blob([bytes]), photo.name);
  }
  return form;
}
