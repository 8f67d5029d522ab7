// What it is: the three likeliest, and a search that forgives.

import { addressOf } from "../core/addresses";
import { fits, namesOneOf } from "../core/greek";
import { getJson } from "../ports/network";
import type { StepContext } from "./context";

const MOST_FOUND = 6;
/** So many does the town propose (app/pages/citizen/new.py). */
const LIKELY = 3;
/** The kind for what fits none (app/categories/models.py). */
const OTHER = "other";
const PATIENCE_MS = 400;
/** What comes when the step is looked at already moves no tile from under a finger. */
const keepsTiles = true;
/** How well a word fits that is begun as it is spelled. */
const NAMED = 2;

/** The likeliest kinds for a spot and words, by the question that asks for them. */
interface Likely {
  readonly asked: string;
  readonly coming: Promise<readonly string[]>;
  codes: readonly string[] | null;
}

export class CategoryStep {
  private readonly section: HTMLElement;
  private readonly suggested: HTMLElement;
  private readonly said: HTMLElement;
  private likely: Likely | null = null;

  /** `goOn` is called when a tile was tapped; `suggestions` is the address that knows the likeliest. */
  constructor(
    private readonly context: StepContext,
    private readonly suggestions: string,
    goOn: () => void,
  ) {
    this.section = context.section;
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
        goOn();
      });
    });
  }

  /** Asks for the likeliest before the step shows, so that it shows whole; but nobody waits long for them. */
  async prepare(): Promise<void> {
    await Promise.race([this.ask().catch(() => undefined), new Promise((over) => setTimeout(over, PATIENCE_MS))]);
  }

  async show(): Promise<void> {
    if (this.isSought()) return;
    if (this.likely?.asked === this.question() && this.likely.codes) return this.propose(this.likely.codes, "likely");
    if (this.suggested.hidden) this.makeRoom();
    try {
      const codes = await this.ask();
      if (!this.isSought()) this.propose(codes, "likely", keepsTiles);
    } catch {
      // All tiles are there; the room for the likely ones goes.
      this.suggested.hidden ||= this.suggested.querySelector(".tile") === null;
    }
  }

  private isSought(): boolean {
    return Boolean(this.section.querySelector<HTMLInputElement>("[data-seek] input")?.value);
  }

  private question(): string {
    const { draft } = this.context;
    return addressOf(this.suggestions, { lon: draft.value("lon"), lat: draft.value("lat"), q: draft.value("description") });
  }

  private ask(): Promise<readonly string[]> {
    const asked = this.question();
    if (this.likely?.asked === asked) return this.likely.coming;
    const likely: Likely = { asked, codes: null, coming: getJson<{ codes: string[] }>(asked).then(({ codes }) => (likely.codes = codes)) };
    this.likely = likely;
    likely.coming.catch(() => {
      if (this.likely === likely) this.likely = null;
    });
    return likely.coming;
  }

  /** The room of what is likely, before it is known: what comes then moves no tile from under a finger. */
  private makeRoom(): void {
    const coming = Array.from({ length: LIKELY }, () => document.createElement("div"));
    for (const place of coming) place.className = "tiles__coming";
    this.suggested.querySelector(".tiles__grid")!.replaceChildren(...coming);
    this.suggested.querySelector(".tiles__title")!.textContent = this.context.say("likely");
    this.suggested.hidden = false;
  }

  /** What a person calls the chosen category. */
  chosenName(): string {
    const tile = this.section.querySelector(`#c-${CSS.escape(this.context.draft.value("category"))}`)?.closest(".tile");
    return tile?.textContent?.trim() ?? "";
  }

  private tiles(): HTMLElement[] {
    return [...this.section.querySelectorAll<HTMLElement>(".tile[data-keywords]")];
  }

  /** Sets these tiles above the others, where they need not stand twice. */
  private propose(codes: readonly string[], title: string, staysTwice = false): void {
    const grid = this.suggested.querySelector<HTMLElement>(".tiles__grid")!;
    const chosen = this.context.draft.value("category");
    grid.replaceChildren();
    for (const tile of this.tiles()) tile.hidden = !staysTwice && codes.includes(tile.querySelector("input")?.value ?? "");
    for (const group of this.section.querySelectorAll<HTMLElement>(".tiles:not([data-suggested])")) {
      group.hidden = group.querySelector(".tile:not([hidden])") === null;
    }
    for (const code of codes) {
      const tile = this.section.querySelector<HTMLInputElement>(`#c-${CSS.escape(code)}`)?.closest(".tile");
      const copy = tile?.cloneNode(true) as HTMLElement | undefined;
      const radio = copy?.querySelector("input");
      if (!copy || !radio) continue;
      delete copy.dataset.keywords;
      copy.hidden = false;
      radio.id = `s-${code}`;
      radio.checked = code === chosen;
      grid.append(copy);
    }
    this.suggested.querySelector(".tiles__title")!.textContent = this.context.say(title);
    this.suggested.hidden = grid.childElementCount === 0;
  }

  /** Shows whom to call about what is somebody else's; whether there was any. */
  private refer(typed: string): boolean {
    const cards = [...this.section.querySelectorAll<HTMLElement>("[data-referral]")];
    for (const card of cards) card.hidden = !namesOneOf(card.dataset.referral ?? "", typed);
    return cards.some((card) => !card.hidden);
  }

  private seek(typed: string): void {
    const referred = this.refer(typed);
    const scored = this.tiles().map((tile) => ({ tile, score: fits(tile.dataset.keywords ?? "", typed) }));
    // Where a word is one that somebody uses for this, what only resembles it is not meant.
    const best = Math.max(0, ...scored.map(({ score }) => score), referred ? NAMED : 0);
    const matches = scored
      .filter(({ score }) => score > best / 2)
      .sort((a, b) => b.score - a.score)
      .slice(0, MOST_FOUND);
    if (typed.trim() === "") {
      this.said.textContent = "";
      void this.show();
      return;
    }
    const codes = matches.map(({ tile }) => tile.querySelector("input")?.value ?? "");
    this.propose(codes.length > 0 ? codes : [OTHER], codes.length > 0 ? "matching" : "orElse");
    const sentence = matches.length === 0 ? (referred ? "" : "noneFound") : matches.length === 1 ? "oneFound" : "found";
    this.said.textContent = this.context.say(sentence, { count: matches.length });
  }
}
