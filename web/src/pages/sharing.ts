// Passing a report's page on.

/** The phone's own way to pass a page on; where there is none, its address is copied. */
export function enhanceSharing(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-share]")) {
    const { share: url = "", shareTitle: title = "" } = button.dataset;
    const words = button.querySelector("span") ?? button;
    const rest = words.textContent;
    if (!navigator.share && !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      // A reader who closes the phone's list without choosing is not told of an error.
      if (navigator.share) return void navigator.share({ title, url }).catch(() => undefined);
      void navigator.clipboard.writeText(url).then(() => {
        words.textContent = button.dataset.done ?? rest;
        setTimeout(() => (words.textContent = rest), 3000);
      });
    });
  }
}
