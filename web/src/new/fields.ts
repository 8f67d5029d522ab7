// Between the fields on the page and the draft on the phone.

import type { Fields } from "../core/steps";

const CONTACT = ["contact_email", "contact_phone", "contact_name"];
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const fieldsIn = (root: ParentNode): Field[] =>
  [...root.querySelectorAll<Field>(":is([data-step-form], [data-keeps]) :is(input, textarea, select)[name]")].filter(
    (field) => !["file", "hidden"].includes(field.type) || field.name === "accuracy_m",
  );

/** Every field of a step by its name, with all of its values; what is empty is empty, not absent. */
export function fieldsOf(section: HTMLElement): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const field of fieldsIn(section)) {
    const values = (fields[field.name] ??= []);
    const ticked = !(field instanceof HTMLInputElement) || !/radio|checkbox/.test(field.type) || field.checked;
    if (ticked && !values.includes(field.value)) values.push(field.value);
  }
  delete fields.website;
  return fields;
}

/** Puts what the draft knows back into the fields. */
export function fill(root: ParentNode, fields: Fields): void {
  for (const field of fieldsIn(root)) {
    const values = fields[field.name];
    if (!values) continue;
    if (field instanceof HTMLInputElement && /radio|checkbox/.test(field.type)) field.checked = values.includes(field.value);
    else field.value = values[0] ?? "";
  }
}

const PAUSE_MS = 500;

/** Calls `keep` whenever somebody who types stops for half a second. */
export function whileTyping(root: HTMLElement, keep: () => void): void {
  let pause = 0;
  root.addEventListener("input", () => {
    clearTimeout(pause);
    pause = window.setTimeout(keep, PAUSE_MS);
  });
}

/** The contact this phone was asked to remember stands in its fields from the beginning. */
export function remembered(root: ParentNode): void {
  const contact = JSON.parse(localStorage.getItem("contact") ?? "null") as Record<string, string> | null;
  if (!contact) return;
  for (const name of CONTACT) {
    const field = root.querySelector<HTMLInputElement>(`[name="${name}"]`);
    if (field) field.value = contact[name] ?? "";
  }
  const box = root.querySelector<HTMLInputElement>("[name=remember]");
  if (box) box.checked = true;
}

export function remember(form: HTMLFormElement): void {
  const typed = new FormData(form);
  const contact = Object.fromEntries(CONTACT.map((name) => [name, String(typed.get(name) ?? "")]));
  if (typed.get("remember")) localStorage.setItem("contact", JSON.stringify(contact));
  else localStorage.removeItem("contact");
}
