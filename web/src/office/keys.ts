// The desk by keyboard. Letters are read by their place on the board, for the board may be set to Greek.

import type { Desk } from "./desk";

const OFF = "office-keys-off";

const LETTERS: Readonly<Record<string, string>> = {
  KeyA: "a",
  KeyB: "b",
  KeyC: "c",
  KeyD: "d",
  KeyE: "e",
  KeyF: "f",
  KeyH: "h",
  KeyM: "m",
  KeyN: "n",
  KeyP: "p",
  KeyQ: "q",
  KeyR: "r",
  KeyT: "t",
  KeyU: "u",
};

export function listenForKeys(desk: Desk): void {
  const help = document.querySelector<HTMLDialogElement>("[data-help]");
  const opener = document.querySelector<HTMLButtonElement>("[data-help-open]");
  const off = document.querySelector<HTMLInputElement>("[data-keys-off]");
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", () => help?.showModal());
  }
  if (off) {
    off.checked = localStorage.getItem(OFF) === "yes";
    off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "yes" : ""));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help?.open) return;
    if (event.key === "Escape") {
      desk.close();
      return;
    }
    if (writing(event.target) || off?.checked) return;
    if (pressed(event, desk, help)) event.preventDefault();
  });
}

function pressed(event: KeyboardEvent, desk: Desk, help: HTMLDialogElement | null): boolean {
  if (event.key === "?") help?.showModal();
  else if (event.key === "/") document.querySelector<HTMLElement>("#q")?.focus();
  else if (event.shiftKey) return false;
  else if (event.code === "KeyJ") desk.step(1);
  else if (event.code === "KeyK") desk.step(-1);
  else if (event.code === "KeyO") desk.open();
  else if (event.code === "KeyM") desk.press("m") || desk.showMap();
  else return desk.press(LETTERS[event.code] ?? "none");
  return true;
}

/** Whether the letter belongs to a field. */
function writing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input:not([type=checkbox], [type=radio])");
}
