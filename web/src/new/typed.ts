// What is typed into a form that goes to the town stays in this tab until it is sent: through a reload and a way back.

import type { Fields } from "../core/steps";
import { fieldsOf, fill, whileTyping } from "./fields";

const nameOf = (form: HTMLFormElement): string => `typed ${location.pathname} ${form.dataset.keeps ?? ""}`;

/** It stands elsewhere now. */
export function forgetTyped(form: HTMLFormElement): void {
  sessionStorage.removeItem(nameOf(form));
}

/** Puts back what was typed here and not sent, and keeps what is typed from now on. */
export function keepTyped(form: HTMLFormElement): void {
  const name = nameOf(form);
  try {
    fill(form, JSON.parse(sessionStorage.getItem(name) ?? "{}") as Fields);
    whileTyping(form, () => sessionStorage.setItem(name, JSON.stringify(fieldsOf(form))));
    form.addEventListener("submit", () => forgetTyped(form));
  } catch {
    // A tab without any memory: the form is one as of old.
  }
}
