// After «Αποστολή»: what became of the report, told while the page is open.

import { stepOf } from "../core/outbox";
import { sendAll } from "../ports/sending";
import { itemWith, onChange } from "../ports/store";
import type { Flow } from "./flow";

export function showDone(flow: Flow, section: HTMLElement): void {
  const part = <T extends HTMLElement = HTMLElement>(name: string): T => section.querySelector<T>(`[data-done-${name}]`)!;
  const retry = part<HTMLButtonElement>("retry");
  const show = async (): Promise<void> => {
    const item = await itemWith(flow.item.id);
    if (!item) return;
    flow.item = item;
    section.dataset.state = item.state;
    part("title").textContent = flow.words(`${item.state}Title`);
    part("said").textContent = flow.words(item.state);
    part("reference").textContent = item.reference;
    part("label").hidden = part("tick").hidden = item.state !== "sent";
    part("tick").toggleAttribute("hidden", item.state !== "sent");
    const link = part<HTMLAnchorElement>("link");
    link.hidden = item.state !== "sent";
    if (item.address) link.href = new URL(item.address).pathname;
    retry.hidden = item.state !== "waiting";
    if (item.state === "refused") {
      const field = Object.keys(item.reasons)[0] ?? "form";
      await flow.correct(stepOf(field), item.reasons);
    }
  };
  retry.addEventListener("click", () => void sendNow(flow));
  onChange(() => void show());
  void show();
}

async function sendNow(flow: Flow): Promise<void> {
  await flow.change({ ...((await itemWith(flow.item.id)) ?? flow.item), retryAt: 0 });
  await sendAll();
}
