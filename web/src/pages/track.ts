// A report's page: passing it on, printing it, and photos made small before they are sent after it.

import { enhanceSharing } from "./sharing";
import { taken } from "../ports/camera";
import { chosenIn } from "../ports/chosen";

export function enhanceTrack(): void {
  enhanceSharing();
  enhancePrinting();
  for (const input of document.querySelectorAll<HTMLInputElement>("input[data-shrink]")) shrinkChosen(input);
}

function enhancePrinting(): void {
  for (const control of document.querySelectorAll<HTMLElement>("[data-print]")) {
    control.hidden = false;
    control.addEventListener("click", (event) => {
      event.preventDefault();
      print();
    });
  }
}

/** Puts smaller files in the place of those chosen; what cannot be made small goes as it is. */
function shrinkChosen(input: HTMLInputElement): void {
  let busy: Promise<void> | undefined;
  input.addEventListener("change", () => {
    const work = (busy = shrink(input).finally(() => {
      if (busy === work) busy = undefined;
    }));
  });
  input.form?.addEventListener("submit", (event) => {
    if (!busy) return;
    event.preventDefault();
    const button = event.submitter;
    void busy.then(() => input.form?.requestSubmit(button));
  });
}

async function shrink(input: HTMLInputElement): Promise<void> {
  const files = [...(input.files ?? [])];
  const smaller = new DataTransfer();
  for (const [index, chosen] of chosenIn(input).entries()) {
    try {
      const { bytes, type } = await taken(chosen);
      smaller.items.add(new File([bytes], chosen.name, { type }));
    } catch {
      smaller.items.add(files[index]!); // the town says what is wrong with it
    }
  }
  input.files = smaller.files;
}
