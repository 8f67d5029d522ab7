// One corner says whether there is a connection. Nothing is kept for later yet, so nothing else is promised.

const corner = (): HTMLElement | null => document.querySelector<HTMLElement>("[data-net]");

export function showConnection(): void {
  const tell = (): void => connection(navigator.onLine);
  window.addEventListener("online", tell);
  window.addEventListener("offline", tell);
  tell();
}

export function connection(on: boolean): void {
  const place = corner();
  if (!place) return;
  place.hidden = false;
  place.classList.toggle("net--off", !on);
  place.textContent = (on ? place.dataset.on : place.dataset.off) ?? "";
}

export function words(name: "sending" | "unsent" | "failed"): string {
  return corner()?.dataset[name] ?? "";
}
