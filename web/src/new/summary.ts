// The last look before sending: everything in one list, each with the way back to its step.

import { photoWith } from "../ports/store";
import type { Flow } from "./flow";

export async function showCheck(flow: Flow, section: HTMLElement): Promise<void> {
  const put = (row: string, ...parts: (Node | string)[]): void => {
    section.querySelector(`[data-check-row="${row}"] [data-value]`)?.replaceChildren(...parts);
  };
  const pictures = await Promise.all(flow.item.photos.map(async ({ id }, index) => {
    const picture = document.createElement("img");
    const blob = await photoWith(id);
    if (blob) picture.src = URL.createObjectURL(blob);
    picture.className = "check__photo";
    picture.alt = flow.sentence("photo", { number: index + 1 });
    return picture;
  }));
  put("photo", ...(pictures.length > 0 ? pictures : [flow.words("none")]));
  put("place", ...lines([flow.item.where || flow.words("onMap"), flow.value("address")]));
  const title = kindName(flow);
  put("category", title);
  const answers = answered(flow);
  const row = section.querySelector<HTMLElement>('[data-check-row="questions"]');
  if (row) row.hidden = answers.length === 0;
  put("questions", ...lines(answers));
  put("words", flow.value("description") || flow.words("noWords"));
  const contact = ["contact_name", "contact_email", "contact_phone"].map((name) => flow.value(name)).filter(Boolean);
  put("contact", contact.join(", ") || flow.words("noContact"));
  await flow.change({ title });
}

function kindName(flow: Flow): string {
  const tile = flow.root.querySelector(`#c-${CSS.escape(flow.value("category"))}`)?.closest(".tile");
  return tile?.textContent?.trim() ?? "";
}

function answered(flow: Flow): string[] {
  const place = flow.section("questions");
  return Object.entries(flow.item.fields).flatMap(([name, values]) => {
    const given = values.filter((value) => value.trim() !== "");
    if (!name.startsWith("answers.") || given.length === 0) return [];
    const fields = [...place.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)];
    if (fields.length === 0) return [];
    const asked = fields[0]?.closest(".govuk-form-group")?.querySelector("legend, label")?.textContent?.trim() ?? "";
    const said = given.map((value) => {
      const choice = fields.find((field) => /radio|checkbox/.test(field.type) && field.value === value);
      return choice?.labels?.[0]?.textContent?.trim() ?? value;
    });
    return [`${asked} ${said.join(", ")}`];
  });
}

function lines(said: readonly string[]): (Node | string)[] {
  return said.filter(Boolean).flatMap((one, n) => (n > 0 ? [document.createElement("br"), one] : [one]));
}
