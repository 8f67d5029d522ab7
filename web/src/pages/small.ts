// Small behaviours of more than one page.

import { filled } from "../core/words";

/** Brings the reader to what matters first: what is wrong, what was found, or that it worked. */
export function focusFirst(): void {
  const first = ":is([data-error-summary], [data-notice], [data-thanks]):not([data-specimens] *)";
  document.querySelector<HTMLElement>(first)?.focus();
}

/** The links of an error summary put the focus into the field, not only the page to it. */
export function enhanceErrorLinks(): void {
  document.querySelector("[data-error-summary]")?.addEventListener("click", (event) => {
    const link = (event.target as HTMLElement).closest<HTMLAnchorElement>("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.closest("details")?.setAttribute("open", "");
    field.scrollIntoView({ block: "start" });
    const inner = field.matches("input, textarea, select") ? field : field.querySelector<HTMLElement>("input, select");
    (field.matches("fieldset") ? (inner ?? field) : field).focus({ preventScroll: true });
  });
}

/** From here on a field says how much there is still room for. */
const NEARLY = 0.75;

/** Fields with `data-limit` tell at once how much room is left, and what is too much; nothing is cut off. */
export function enhanceCounters(): void {
  const count = ({ target }: Event): void => {
    if (target instanceof HTMLTextAreaElement && target.dataset.limit) counted(target, Number(target.dataset.limit));
  };
  for (const field of document.querySelectorAll<HTMLTextAreaElement>("textarea[data-limit]")) counted(field, Number(field.dataset.limit));
  document.addEventListener("input", count);
  document.addEventListener("focusin", count);
}

function counted(field: HTMLTextAreaElement, limit: number): void {
  const length = [...field.value].length;
  let said = field.parentElement!.querySelector<HTMLElement>(".counter");
  if (length < limit * NEARLY) return said?.remove();
  if (!said) {
    said = document.createElement("p");
    said.setAttribute("role", "status");
    field.after(said);
  }
  const over = length > limit;
  said.className = `counter${over ? " counter--over" : ""}`;
  said.textContent = filled(field.dataset[over ? "over" : "left"] ?? "", { count: Math.abs(limit - length) });
}

/** Opens what is folded away only for want of room. */
export function unfoldWhereWide(): void {
  if (!matchMedia("(width >= 56rem)").matches) return;
  for (const details of document.querySelectorAll("details[data-wide-open]")) details.setAttribute("open", "");
}

/** Buttons that put a field's text on the clipboard. */
export function enhanceCopying(): void {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    const field = document.querySelector<HTMLInputElement>(button.dataset.copy ?? "");
    const rest = button.textContent;
    if (!field) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      void navigator.clipboard.writeText(field.value).then(() => {
        button.textContent = button.dataset.done ?? rest;
        setTimeout(() => (button.textContent = rest), 3000);
      });
    });
  }
}
