// Whether something of this phone waits: one look at a note, so that a page without anything costs nothing.

/** Shows what this phone keeps where a page has room for it, and sends what waits whenever there is a network. */
export function enhanceOutbox(): void {
  if (!("indexedDB" in window)) return;
  const place = document.querySelector<HTMLElement>("[data-outbox]");
  const anything = (): boolean => localStorage.getItem("outbox") !== null;
  const look = (): void => {
    if (anything()) void import("./outbox").then(({ showOutbox }) => showOutbox(place));
  };
  look();
  addEventListener("online", look);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
}
