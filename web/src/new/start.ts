// The door to writing with script. On the first page it costs next to nothing; the rest comes when it is needed.

import { readWords } from "../core/words";

const AGAIN_MS = 3_000;

/** Takes over the steps: at once where a draft of this phone is open, else with the first photo or «Χωρίς φωτογραφία». */
export function enhanceNew(root: HTMLElement): void {
  if (!("indexedDB" in window)) return;
  const isShell = root.hasAttribute("data-steps");
  if (isShell || root.dataset.draft) {
    // An address of a draft, or the shell that the worker keeps for when there is no network.
    void import("./flow").then(({ openFlow }) => openFlow(root));
    return;
  }
  const form = root.querySelector<HTMLFormElement>("[data-step-form]");
  if (!form) return;
  for (const input of form.querySelectorAll<HTMLInputElement>("input[type=file]")) {
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      if (files.length > 0) void begin(root, files);
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void begin(root, []);
  });
}

/** Goes on as soon as the rest of the script and the steps are here; on a first visit the line may break in between. */
async function begin(root: HTMLElement, files: readonly File[]): Promise<void> {
  if (root.dataset.beginning) return;
  root.dataset.beginning = "yes";
  const status = root.querySelector<HTMLElement>("[data-photos-said]");
  for (;;) {
    try {
      const { beginFlow } = await import("./flow");
      return await beginFlow(root, files);
    } catch {
      if (!root.isConnected) return; // it had begun
      if (status) status.textContent = readWords(document.body.dataset.outboxWords)("held");
      status?.classList.remove("visually-hidden");
      await new Promise((again) => setTimeout(again, AGAIN_MS));
    }
  }
}
