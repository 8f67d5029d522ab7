// The last look before sending: everything in one list, each with the way back to its step.

import { pictureOf } from "../ports/store";
import type { StepContext } from "./context";

/** Shows it all; `category` is what a person calls it, `questions` the step whose fields were answered. */
export async function showSummary({ section, draft, say }: StepContext, category: string, questions: HTMLElement): Promise<void> {
  const put = (row: string, ...parts: (Node | string)[]): void => {
    section.querySelector(`[data-check-row="${row}"] [data-value]`)?.replaceChildren(...parts);
  };
  const pictures = await Promise.all(draft.item.photos.map(async (photo, index) => {
    const picture = document.createElement("img");
    picture.src = await pictureOf(photo);
    picture.className = "check__photo";
    picture.alt = say("photo", { number: index + 1 });
    return picture;
  }));
  put("photo", ...(pictures.length > 0 ? pictures : [say("none")]));
  const names = JSON.parse(draft.value("things_names") || "{}") as Record<string, string>;
  const things = (draft.fields.things ?? []).map((key) => names[key] ?? key);
  put("place", ...lines([draft.item.where || say("onMap"), draft.value("address"), ...things]));
  put("category", category);
  const answers = answersIn(questions, draft.fields);
  const row = section.querySelector<HTMLElement>('[data-check-row="questions"]');
  if (row) row.hidden = answers.length === 0;
  put("questions", ...lines(answers));
  put("words", draft.value("description") || say("noWords"));
  const contact = ["contact_name", "contact_email", "contact_phone"].map((name) => draft.value(name)).filter(Boolean);
  put("contact", contact.join(", ") || say("noContact"));
}

function answersIn(questions: HTMLElement, fields: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(fields).flatMap(([name, values]) => {
    const filled = values.filter((value) => value.trim() !== "");
    if (!name.startsWith("answers.") || filled.length === 0) return [];
    const inputs = [...questions.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)];
    if (inputs.length === 0) return [];
    const question = inputs[0]?.closest(".govuk-form-group")?.querySelector("legend, label")?.textContent?.trim() ?? "";
    const answers = filled.map((value) => {
      const choice = inputs.find((input) => /radio|checkbox/.test(input.type) && input.value === value);
      return choice?.labels?.[0]?.textContent?.trim() ?? value;
    });
    return [`${question} ${answers.join(", ")}`];
  });
}

function lines(texts: readonly string[]): (Node | string)[] {
  return texts.filter(Boolean).flatMap((text, n) => (n > 0 ? [document.createElement("br"), text] : [text]));
}
