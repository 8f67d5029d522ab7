// What the chosen category asks: whether somebody else must be called, then its own questions.

import { fits } from "../core/greek";
import type { Steps } from "../core/steps";
import type { StepContext } from "./context";
import { fieldsOf, fill } from "./fields";

/** «Όχι» and «άλλο» stand in many a sentence. */
const TELLING = /\p{L}{5}/u;

export class QuestionsStep {
  /** `asked`: the questions of each category, as the server wrote them. */
  constructor(
    private readonly context: StepContext,
    private readonly steps: Steps,
    private readonly asked: ReadonlyMap<string, DocumentFragment>,
  ) {
    context.section.addEventListener("change", () => this.call());
  }

  /** Sets the chosen category's questions into their step, with what was answered before. */
  show(): void {
    const { section, draft } = this.context;
    const place = section.querySelector<HTMLElement>("[data-questions-place]")!;
    const category = draft.value("category");
    if (place.dataset.category !== category) {
      place.replaceChildren(this.asked.get(category)?.cloneNode(true) ?? "");
      place.dataset.category = category;
    }
    fill(section, { ...this.answersSaid(place), ...draft.fields });
    this.call();
  }

  /** What the own words answer already is ticked, to be looked at: «λείπει η σανίδα». */
  private answersSaid(place: HTMLElement): Record<string, string[]> {
    const words = this.context.draft.value("description");
    const said: Record<string, string[]> = {};
    for (const choice of place.querySelectorAll<HTMLInputElement>("input[name^='answers.']:is([type=radio], [type=checkbox])")) {
      const label = choice.labels?.[0]?.textContent ?? "";
      if (TELLING.test(label) && fits(words, label) > 0) (said[choice.name] ??= []).push(choice.value);
    }
    return said;
  }

  /** Whoever must be called instead is named the moment it is known. */
  private call(): void {
    const { section, draft } = this.context;
    const fields = { ...draft.fields, ...fieldsOf(section) };
    for (const box of section.querySelectorAll<HTMLElement>("[data-stopper]")) {
      box.hidden = fields[box.dataset.stopper ?? ""]?.[0] !== "yes";
    }
    const next = section.querySelector<HTMLElement>("[data-next]");
    if (next) next.hidden = this.steps.stops(fields);
  }
}
