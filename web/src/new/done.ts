// After «Αποστολή»: what became of the report, told while the page is open.

import type { Item } from "../core/outbox";
import { sendNow } from "../ports/sending";
import { getFragment } from "../ports/network";
import { itemWith, onChange, pictureOf } from "../ports/store";
import type { StepContext } from "./context";

/** Makes the page after sending; what it returns shows it anew, as long as `isShown`. */
export function donePage(
  { section, draft, say }: StepContext,
  isShown: () => boolean,
  refused: (reasons: Item["reasons"]) => Promise<void>,
): () => Promise<void> {
  const part = <T extends HTMLElement = HTMLElement>(name: string): T => section.querySelector<T>(`[data-done-${name}]`)!;
  const retry = part<HTMLButtonElement>("retry");
  let told = false;
  const show = async (): Promise<void> => {
    const item = await itemWith(draft.item.id).catch(() => undefined);
    // While it is written on, the draft knows better.
    if (!item || !isShown()) return;
    draft.seen(item);
    await picture(item);
    const sent = item.state === "sent";
    section.dataset.state = item.state;
    part("title").textContent = say(`${item.state}Title`);
    part("said").textContent = sent ? "" : say(item.state);
    part("reference").textContent = item.reference;
    part("label").hidden = !sent;
    part("tick").toggleAttribute("hidden", !sent);
    const link = part<HTMLAnchorElement>("link");
    link.hidden = !sent;
    if (item.address) link.href = new URL(item.address).pathname;
    retry.hidden = item.state !== "waiting";
    if (item.state === "refused") await refused(item.reasons);
    if (sent && item.address && !told) {
      told = true;
      await thank(new URL(item.address).pathname);
    }
  };
  /** The first photo, while the phone still has it: what is sent is forgotten here. */
  const picture = async ({ photos: [first] }: Item): Promise<void> => {
    const photo = part<HTMLImageElement>("photo");
    if (!first || !photo.hidden) return;
    const address = await pictureOf(first).catch(() => "");
    if (!address) return;
    photo.src = address;
    photo.hidden = false;
  };
  /** What the town says of it: when it will be done, what comes next, how to hear of it. Without it the number is enough. */
  const thank = async (address: string): Promise<void> => {
    const more = await getFragment(`${address}/thanks`).catch(() => "");
    if (!more) return void (part("said").textContent = say("sent"));
    const town = document.createElement("template");
    town.innerHTML = more;
    part("card").append(...town.content.querySelectorAll(".thanks__what"));
    part("thanks").append(...town.content.querySelectorAll(".thanks__then"));
    const [{ enhancePush }, { enhanceSharing }, { enhanceCopying }] = await Promise.all([
      import("../pages/push"),
      import("../pages/sharing"),
      import("../pages/small"),
    ]);
    enhanceCopying();
    enhanceSharing();
    enhancePush(section);
  };
  retry.addEventListener("click", () => void sendNow());
  onChange(() => void show());
  return show;
}
