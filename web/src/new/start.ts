// The door to writing with script. On the first page it costs next to nothing; the rest comes when it is needed.

import { readWords } from "../core/words";
import { chosenIn, type Chosen } from "../ports/chosen";

const AGAIN_MS = 3_000;

/** Takes over the steps: at once where a draft of this phone is open, else with the first photo or «Χωρίς φωτογραφία». */
export function enhanceNew(root: HTMLElement): void {
  const form = root.querySelector<HTMLFormElement>("[data-step-form]");
  if (root.hasAttribute("data-steps") || root.dataset.draft) {
    // An address of a draft, or the shell that the worker keeps for when there is no network.
    void import("./flow").then(async ({ openFlow }) => {
      if (!(await openFlow(root)) && form) sendsItself(form);
    });
  } else if (form) {
    beginsWith(root, form);
  }
}

function beginsWith(root: HTMLElement, form: HTMLFormElement): void {
  const fields = photoFields(form);
  void import("./typed").then(({ keepTyped }) => keepTyped(form));
  for (const field of fields) {
    field.addEventListener("change", () => {
      const photos = chosenIn(field);
      if (photos.length > 0) void begin(root, photos, () => form.submit());
    });
  }
  form.addEventListener("submit", (event) => {
    if (root.dataset.town) return;
    event.preventDefault();
    void begin(root, fields.flatMap(chosenIn), () => {
      root.dataset.town = "yes";
      if (event.submitter) event.submitter.click();
      else form.submit();
    });
  });
}

/** Where the town keeps the draft, a photo goes to it as soon as it is chosen, and words stay in the tab until they go. */
function sendsItself(form: HTMLFormElement): void {
  for (const field of photoFields(form)) field.addEventListener("change", () => form.submit());
  void import("./typed").then(({ keepTyped }) => keepTyped(form));
}

function photoFields(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("input[type=file]")];
}

/**
 * Goes on as soon as the rest of the script and the steps are here; on a first visit the line may break in between.
 * On a phone that keeps nothing the form goes to the town, `byTown`, as it does without script.
 */
async function begin(root: HTMLElement, photos: readonly Chosen[], byTown: () => void): Promise<void> {
  if (root.dataset.beginning) return;
  root.dataset.beginning = "yes";
  const status = root.querySelector<HTMLElement>("[data-photos-said]");
  const say = (name: string): void => {
    if (status) status.textContent = readWords(document.body.dataset.outboxWords)(name);
    status?.classList.remove("visually-hidden");
  };
  if (photos.length > 0) say("preparing");
  for (;;) {
    try {
      const { beginFlow } = await import("./flow");
      if (!(await beginFlow(root, photos))) byTown();
      return;
    } catch {
      if (!root.isConnected) return; // it had begun
      say("held");
      await new Promise((again) => setTimeout(again, AGAIN_MS));
    }
  }
}
