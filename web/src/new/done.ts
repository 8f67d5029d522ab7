// After «Αποστολή»: what became of the report, told while the page is open.

import type { Item } from "../core/outbox";
import { sendNow } from "../ports/sending";
import { itemWith, onChange } from "../ports/store";
import type { StepContext } from "./context";

/** Makes the page after sending; what it returns shows it anew, as long as `isShown`. */
export function donePage(
  { section, draft, say }: StepContext,
  isShown: () => boolean,
  refused: (reasons: Item["reasons"]) => Promise<void>,
): () => Promise<void> {
  const part = <T extends HTMLElement = HTMLElement>(name: string): T => section.querySelector<T>(`[data-done-${name}]`)!;
  const retry = part<HTMLButtonElement>("retry");
  const show = async (): Promise<void> => {
    const item = await itemWith(draft.item.id).catch(() => undefined);
    // While it is written on, the draft knows better.
    if (!item || !isShown()) return;
    draft.seen(item);
    section.dataset.state = item.state;
    part("title").textContent = say(`${item.state}Title`);
    part("said").textContent = say(item.state);
    part("reference").textContent = item.reference;
    const sent = item.state === "sent";
    part("label").hidden = !sent;
    part("tick").toggleAttribute("hidden", !sent);
    const link = part<HTMLAnchorElement>("link");
    link.hidden = !sent;
    if (item.address) link.href = new URL(item.address).pathname;
    retry.hidden = item.state !== "waiting";
    if (item.state === "refused") await refused(item.reasons);
  };
  retry.addEventListener("click", () => void sendNow());
  onChange(() => void show());
  return show;
}
