// After «Αποστολή»: what became of the report, told while the page is open.

import { stepOf } from "../core/outbox";
import { sendNow } from "../ports/sending";
import { itemWith, onChange } from "../ports/store";
import type { Flow } from "./flow";

/** Makes the page after sending; what it returns shows it anew. */
export function donePage(flow: Flow, section: HTMLElement): () => Promise<void> {
  const part = <T extends HTMLElement = HTMLElement>(name: string): T => section.querySelector<T>(`[data-done-${name}]`)!;
  const retry = part<HTMLButtonElement>("retry");
  const show = async (): Promise<void> => {
    const item = await itemWith(flow.item.id);
    // While it is written on, the flow knows better.
    if (!item || !flow.isDone) return;
    flow.item = item;
    section.dataset.state = item.state;
    part("title").textContent = flow.words(`${item.state}Title`);
    part("said").textContent = flow.words(item.state);
    part("reference").textContent = item.reference;
    const sent = item.state === "sent";
    part("label").hidden = !sent;
    part("tick").toggleAttribute("hidden", !sent);
    const link = part<HTMLAnchorElement>("link");
    link.hidden = !sent;
    if (item.address) link.href = new URL(item.address).pathname;
    retry.hidden = item.state !== "waiting";
    if (item.state === "refused") {
      await flow.correct(stepOf(Object.keys(item.reasons)[0] ?? "form"), item.reasons);
    }
  };
  retry.addEventListener("click", () => void sendNow());
  onChange(() => void show());
  return show;
}
