// What is wrong, in a summary that takes the focus and at each field.

import type { Flow } from "./flow";

/** A field's name, as in the form or as the API calls it, and its sentence. */
export type Problems = Readonly<Record<string, string>>;

export const problems = (wrong: Problems): boolean => Object.keys(wrong).length > 0;

const ELEMENTS: Record<string, string> = { location: "f-where", where: "f-where", "contact.email": "f-contact_email" };

export function showProblems(flow: Flow, step: string, wrong: Problems): void {
  const section = flow.section(step);
  section.querySelectorAll(".govuk-error-message[data-said]").forEach((old) => old.remove());
  section.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  const place = section.querySelector<HTMLElement>("[data-error-summary-place]");
  place?.replaceChildren();
  if (!place || !problems(wrong)) return;

  const summary = document.createElement("div");
  summary.className = "govuk-error-summary";
  summary.tabIndex = -1;
  summary.setAttribute("role", "alert");
  summary.dataset.errorSummary = "";
  const title = document.createElement("h2");
  title.className = "govuk-error-summary__title";
  title.textContent = flow.words("summary");
  const kept = document.createElement("p");
  kept.textContent = flow.words("kept");
  const list = document.createElement("ul");
  list.className = "govuk-error-summary__list";
  for (const [name, sentence] of Object.entries(wrong)) list.append(line(section, name, sentence));
  summary.append(title, kept, list);
  place.append(summary);
  summary.focus();
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
    const said = document.createElement("p");
    said.className = "govuk-error-message";
    said.dataset.said = "";
    said.id = `${id}-said`;
    said.textContent = sentence;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", said.id);
    if (field.matches("input, textarea, select")) field.before(said);
    else field.prepend(said);
  }
  const item = document.createElement("li");
  item.append(link);
  return item;
}
