// What it is: the three likeliest, a search that forgives, and the category's own questions.

import { addressOf } from "../core/addresses";
import { fits } from "../core/greek";
import { getJson } from "../ports/network";
import { ask } from "../ports/sending";
import { fill } from "./fields";
import type { Flow } from "./flow";
import type { Problems } from "./problems";

const MOST_FOUND = 6;

export class CategoryStep {
  private readonly section: HTMLElement;
  private readonly suggested: HTMLElement;
  private readonly said: HTMLElement;

  constructor(private readonly flow: Flow) {
    this.section = flow.section("category");
    this.suggested = this.section.querySelector<HTMLElement>("[data-suggested]")!;
    this.said = this.section.querySelector<HTMLElement>("[data-seek-said]")!;
    const search = this.section.querySelector<HTMLFormElement>("[data-seek]");
    const input = search?.querySelector("input");
    input?.addEventListener("input", () => this.seek(input.value));
    search?.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.seek(input?.value ?? "");
    });
    // A tap on a tile goes on at once; arrow keys only choose.
    this.section.addEventListener("click", (event) => {
      const tile = (event.target as HTMLElement).closest<HTMLElement>(".tile");
      const radio = tile?.querySelector<HTMLInputElement>("input");
      if (!radio || event.detail === 0) return;
      event.preventDefault();
      setTimeout(() => {
        radio.checked = true;
        void this.flow.goOn("category");
      });
    });
    const questions = flow.section("questions");
    questions.addEventListener("change", () => stoppers(questions));
  }

  async show(): Promise<void> {
    const query = { lon: this.flow.value("lon"), lat: this.flow.value("lat"), q: this.flow.value("description") };
    try {
      const { codes } = await getJson<{ codes: string[] }>(addressOf(this.flow.root.dataset.suggestions ?? "", query));
      if (!this.section.querySelector<HTMLInputElement>("[data-seek] input")?.value) this.propose(codes, "likely");
    } catch {
      // All tiles are there.
    }
  }

  private tiles(): HTMLElement[] {
    return [...this.section.querySelectorAll<HTMLElement>(".tile[data-keywords]")];
  }

  private propose(codes: readonly string[], title: string): void {
    const grid = this.suggested.querySelector<HTMLElement>(".tiles__grid")!;
    const chosen = this.flow.value("category");
    grid.replaceChildren();
    for (const code of codes) {
      const tile = this.section.querySelector<HTMLInputElement>(`#c-${CSS.escape(code)}`)?.closest(".tile");
      const copy = tile?.cloneNode(true) as HTMLElement | undefined;
      const radio = copy?.querySelector("input");
      if (!copy || !radio) continue;
      delete copy.dataset.keywords;
      radio.id = `s-${code}`;
      radio.checked = code === chosen;
      grid.append(copy);
    }
    this.suggested.querySelector(".tiles__title")!.textContent = this.flow.words(title);
    this.suggested.hidden = grid.childElementCount === 0;
  }

  private seek(typed: string): void {
    const found = this.tiles()
      .map((tile) => ({ tile, score: fits(tile.dataset.keywords ?? "", typed) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, MOST_FOUND);
    if (typed.trim() === "") {
      this.said.textContent = "";
      void this.show();
      return;
    }
    this.propose(found.map(({ tile }) => tile.querySelector("input")?.value ?? ""), "matching");
    const sentence = found.length === 0 ? "noneFound" : found.length === 1 ? "oneFound" : "found";
    this.said.textContent = this.flow.sentence(sentence, { count: found.length });
  }

  /** «Κι εγώ» instead of a second report. */
  async support(reference: string): Promise<void> {
    const json = { "Content-Type": "application/json" };
    const answer = await ask("POST", `/reports/${reference}/support`, "{}", json).catch(() => null);
    if (!answer?.ok) return this.flow.show("words", true);
    await this.flow.drop();
    location.assign(`/follow?reference=${encodeURIComponent(reference)}`);
  }
}

/** What a category asks, as the server wrote it; null when it asks nothing. */
export function questionsOf(root: HTMLElement, category: string): DocumentFragment | null {
  return root.querySelector<HTMLTemplateElement>(`template[data-questions="${CSS.escape(category)}"]`)?.content ?? null;
}

/** Sets the chosen category's questions into their step, with what was answered before. */
export function showQuestions(flow: Flow): void {
  const section = flow.section("questions");
  const place = section.querySelector<HTMLElement>("[data-questions-place]")!;
  const category = flow.value("category");
  if (place.dataset.category !== category) {
    place.replaceChildren(questionsOf(flow.root, category)?.cloneNode(true) ?? "");
    place.dataset.category = category;
  }
  fill(section, flow.item);
  stoppers(section);
}

/** Whoever must be called instead is named the moment it is known. */
function stoppers(section: HTMLElement): void {
  let stop = false;
  for (const box of section.querySelectorAll<HTMLElement>("[data-stopper]")) {
    const name = CSS.escape(box.dataset.stopper ?? "");
    const yes = section.querySelector<HTMLInputElement>(`[name="${name}"][value=yes]`)?.checked ?? false;
    box.hidden = !yes;
    stop ||= yes && box.hasAttribute("data-stop");
  }
  const next = section.querySelector<HTMLElement>("[data-next]");
  if (next) next.hidden = stop;
}

export function stopped(flow: Flow): Problems {
  const asked = questionsOf(flow.root, flow.value("category"));
  const wrong: Record<string, string> = {};
  for (const box of asked?.querySelectorAll<HTMLElement>("[data-stopper][data-stop]") ?? []) {
    const name = box.dataset.stopper ?? "";
    if (flow.value(name) === "yes") wrong[name] = box.querySelector("p")?.textContent?.trim() ?? "";
  }
  return wrong;
}
