// The door to writing with script. On the first page it costs next to nothing; the rest comes when it is needed.

/** Takes over the steps: at once where a draft of this phone is open, else with the first photo or «Χωρίς φωτογραφία». */
export function enhanceNew(root: HTMLElement): void {
  const flow = (): Promise<typeof import("./flow")> => import("./flow");
  const whole = root.hasAttribute("data-steps");
  if (whole || root.dataset.draft) {
    // An address of a draft, or the shell that the worker keeps for when there is no network.
    void flow().then(({ openFlow }) => openFlow(root));
    return;
  }
  const form = root.querySelector<HTMLFormElement>("[data-step-form]");
  if (!form) return;
  for (const input of form.querySelectorAll<HTMLInputElement>("input[type=file]")) {
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      if (files.length > 0) void flow().then(({ beginFlow }) => beginFlow(root, files), () => form.submit());
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // Without the rest of the script the plain form goes on.
    void flow().then(({ beginFlow }) => beginFlow(root, []), () => form.submit());
  });
}
