// What is wrong, in a summary that takes the focus and at each field.

import { isWrong, type Problems } from "../core/steps";
import type { Sentences } from "./context";

const ELEMENTS: Record<string, string> = { location: "f-where", where: "f-where", "contact.email": "f-contact_email" };

export function showProblems(section: HTMLElement, say: Sentences, wrong: Problems): void {
  section.querySelectorAll(".govuk-error-message[data-said]").forEach((old) => old.remove());
  section.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  const place = section.querySelector<HTMLElement>("[data-error-summary-place]");
  place?.replaceChildren();
  if (!place || !isWrong(wrong)) return;

  const summary = document.createElement("div");
  summary.className = "govuk-error-summary";
  summary.tabIndex = -1;
  summary.setAttribute("role", "alert");
  summary.dataset.errorSummary = "";
  const title = document.createElement("h2");
  title.className = "govuk-error-summary__title";
  title.textContent = say("summary");
  const reassurance = document.createElement("p");
  reassurance.textContent = say("kept");
  const list = document.createElement("ul");
  list.className = "govuk-error-summary__list";
  for (const [name, sentence] of Object.entries(wrong)) list.append(line(section, name, sentence));
  summary.append(title, reassurance, list);
  place.append(summary);
  summary.focus();
}

/** Something that its reader need not correct, at the same place. */
export function showNote(section: HTMLElement, sentence: string): void {
  const note = document.createElement("p");
  note.className = "note note--plain";
  note.setAttribute("role", "alert");
  note.textContent = sentence;
  section.querySelector("[data-error-summary-place]")?.replaceChildren(note);
  note.scrollIntoView({ block: "nearest" });
}

function line(section: HTMLElement, name: string, sentence: string): HTMLElement {
  const id = ELEMENTS[name] ?? `f-${name.replaceAll(".", "-")}`;
  const field = section.querySelector<HTMLElement>(`#${CSS.escape(id)}`);
  const link = document.createElement("a");
  link.href = `#${id}`;
  link.textContent = sentence;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const inner = field?.matches("input, textarea, select") ? field : field?.querySelector<HTMLElement>("input, select");
    (inner ?? field)?.focus();
    field?.scrollIntoView({ block: "center" });
  });
  if (field) {
    const message = document.createElement("p");
    message.className = "govuk-error-message";
    message.dataset.said = "";
    message.id = `${id}-said`;
    message.textContent = sentence;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", message.id);
    if (field.matches("input, textarea, select")) field.before(message);
    else field.prepend(message);
  }
  const item = document.createElement("li");
  item.append(link);
  return item;
}
