// The place step: the photo's own place, the phone's, the map, or a name; each can be corrected by every other.

import { addressOf } from "../core/addresses";
import { fits } from "../core/greek";
import { isVague, metresBetween, readPosition, roundly } from "../core/geo";
import { enhanceMaps } from "../pages/maps";
import { getFragment, getJson } from "../ports/network";
import { myPosition } from "../ports/position";
import type { Problems } from "../core/steps";
import type { StepContext } from "./context";
import { ChosenThings, type Pointed } from "./things";

interface Names {
  readonly items: readonly Named[];
  readonly streets: readonly Named[];
}

interface Named {
  readonly name_el: string;
  readonly name_en: string;
  readonly lon: number;
  readonly lat: number;
  readonly spread_m: number;
}

const MOST_FOUND = 8;
const THING_SPREAD_M = 10;
const THINGS_AROUND_M = 60;
/** A house number at the end. */
const NUMBER = /[\s,]+\d+\s*\p{L}?\s*$/u;

export class PlaceStep {
  private readonly section: HTMLElement;
  private readonly fields: HTMLElement;
  private asked: AbortController | null = null;
  /** Words that a search left over: they stand in the address until its citizen writes there. */
  private leftOver = "";
  private located = false;
  private readonly things: ChosenThings;

  /** `addresses`: what is known about a spot, places by their names, and the names to keep for a map without network. */
  constructor(
    private readonly context: StepContext,
    private readonly addresses: { readonly spot: string; readonly places: string; readonly names: string },
  ) {
    this.section = context.section;
    this.fields = this.section.querySelector<HTMLElement>("#f-where")!;
    this.section.addEventListener("map:ready", () => this.things.tell());
    this.things = new ChosenThings(context, (thing) => this.pointedAt(thing));
    this.fields.addEventListener("change", (event) => this.changed(event.target as HTMLInputElement));
    const search = this.section.querySelector<HTMLFormElement>("[data-place-seek]");
    const input = search?.querySelector("input");
    let pause = 0;
    input?.addEventListener("input", () => {
      clearTimeout(pause);
      pause = window.setTimeout(() => void this.seek(input.value), 250);
    });
    search?.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      void this.seek(input?.value ?? "");
    });
  }

  async show(): Promise<void> {
    for (const name of ["lon", "lat", "accuracy_m"]) this.field(name).value = this.context.draft.value(name);
    this.note(this.aboutPhoto());
    enhanceMaps(this.section);
    this.things.show();
    void this.offerSaid();
    if (this.spot()) {
      this.fields.dispatchEvent(new CustomEvent("spot"));
      void this.look();
    } else if (!this.located) {
      this.located = true;
      void this.locate();
    }
  }

  /** What the town said of the spot, when it is not its own. */
  wrong(): Problems {
    const outside = this.section.querySelector("[data-part=wrong] p")?.textContent?.trim();
    return outside ? { where: outside } : {};
  }

  private field(name: string): HTMLInputElement {
    return this.fields.querySelector<HTMLInputElement>(`[name="${name}"]`)!;
  }

  private spot(): ReturnType<typeof readPosition> {
    return readPosition(this.field("lon").value, this.field("lat").value);
  }

  private async locate(): Promise<void> {
    try {
      const { lon, lat, accuracyM } = await myPosition();
      // Whoever has pointed at a spot meanwhile knows better than the satellites.
      if (this.spot()) return;
      if (!this.context.isAround([lon, lat])) this.note(this.context.say("farAway"));
      else if (isVague(accuracyM)) this.around(lon, lat, accuracyM);
      else this.set(lon, lat, accuracyM);
    } catch {
      // Refused or not found: the map, the search and the address are there.
    }
  }

  /** So roughly known it is no place: the map opens there, and its citizen shows the spot. */
  private around(lon: number, lat: number, accuracyM: number): void {
    this.fields.dataset.around = `${lon},${lat},${accuracyM}`;
    this.fields.dispatchEvent(new CustomEvent("around"));
    this.note(this.context.say("vague", { metres: roundly(accuracyM) }));
  }

  /** The first thing is the place; of several that stand around, the pin stays. */
  private pointedAt({ lon, lat }: Pointed): void {
    const spot = this.spot();
    if (!spot || metresBetween(spot, [lon, lat]) > THINGS_AROUND_M) this.set(lon, lat, THING_SPREAD_M);
  }

  private aboutPhoto(): string {
    const { draft, say } = this.context;
    if (draft.value("from_photo")) return say("fromPhoto");
    return draft.value("photo_far") && !this.spot() ? say("photoFar") : "";
  }

  private set(lon: number, lat: number, accuracyM: number): void {
    this.note("");
    this.field("lon").value = lon.toFixed(6);
    this.field("lat").value = lat.toFixed(6);
    this.field("accuracy_m").value = String(Math.round(accuracyM));
    this.fields.dispatchEvent(new CustomEvent("spot"));
    this.field("accuracy_m").dispatchEvent(new Event("change", { bubbles: true }));
    void this.look();
  }

  private changed(field: HTMLInputElement): void {
    if (field.name === "place" && field.checked) {
      this.keepWords(field.dataset.words ?? "");
      this.set(Number(field.dataset.lon), Number(field.dataset.lat), Number(field.dataset.spread));
    } else if (field.name === "lon" || field.name === "lat") {
      this.note("");
      void this.context.draft.write({ from_photo: [] });
      void this.look(keepStill);
    }
  }

  private note(sentence: string): void {
    const note = this.section.querySelector<HTMLElement>("[data-place-note]");
    if (!note) return;
    note.hidden = sentence === "";
    note.querySelector("span")!.textContent = sentence;
  }

  /** What the town knows about the spot; without a network the report goes all the same. */
  private async look(show: (change: () => void) => void = (change) => change()): Promise<void> {
    const spot = this.spot();
    this.asked?.abort();
    const answer = this.section.querySelector<HTMLElement>("[data-spot-said]")!;
    // What was said of another spot is now wrong. It keeps its room, so that a press on what is below it meets it.
    answer.toggleAttribute("data-stale", spot !== null);
    if (!spot) return answer.replaceChildren();
    this.asked = new AbortController();
    const address = addressOf(this.addresses.spot, { lon: spot[0], lat: spot[1] });
    const said = await getFragment(address, this.asked.signal).catch((failed: Error) => failed);
    if (said instanceof Error && said.name === "AbortError") return;
    // The server says the same when the report comes.
    show(() => {
      answer.innerHTML = said instanceof Error ? "" : said;
      this.things.mark(answer);
    });
    answer.removeAttribute("data-stale");
    if (said instanceof Error) return;
    const where = answer.querySelector("[data-part=where]")?.textContent?.trim() ?? "";
    await this.context.draft.change({ where });
  }

  /** Places that the own words name, while none is chosen. */
  private async offerSaid(): Promise<void> {
    const words = this.context.draft.value("description");
    const results = this.section.querySelector<HTMLElement>("[data-place-found]")!;
    if (!words || this.spot() || results.childElementCount > 0) return;
    try {
      results.innerHTML = await getFragment(addressOf(this.addresses.places, { words }));
    } catch {
      const names = (await this.names()).filter((place) => Math.max(fits(words, place.name_el), fits(words, place.name_en)) > 0);
      if (names.length > 0) results.replaceChildren(this.choices(names, "", "fromWords"));
    }
  }

  private async seek(typed: string): Promise<void> {
    const results = this.section.querySelector<HTMLElement>("[data-place-found]")!;
    if (typed.trim().length < 2) {
      this.keepWords("");
      return results.replaceChildren();
    }
    try {
      results.innerHTML = await getFragment(addressOf(this.addresses.places, { q: typed, ...this.nearby() }));
    } catch {
      results.replaceChildren(...(await this.offline(typed)));
    }
    this.keepWords(results.querySelector("input") ? "" : typed.trim());
  }

  /** What was typed in the search and not understood is not lost: it goes with the report, where it can be read. */
  private keepWords(words: string): void {
    const address = this.field("address");
    if (address.value.trim() !== "" && address.value !== this.leftOver) return;
    address.value = this.leftOver = words;
    void this.context.draft.write({ address: [words] });
  }

  /** Of two streets of one name the nearer one is meant: to the pin, or to where the photo was taken. */
  private nearby(): Record<string, string> {
    const spot = this.spot();
    return spot ? { lon: String(spot[0]), lat: String(spot[1]) } : {};
  }

  /** The names this phone keeps for its map. */
  private async offline(typed: string): Promise<HTMLElement[]> {
    const best = (await this.names())
      .map((place) => ({ place, score: fits(`${place.name_el} ${place.name_en}`, typed.replace(NUMBER, "")) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .map(({ place }) => place);
    if (best.length === 0) {
      const none = document.createElement("p");
      none.className = "note note--plain";
      none.textContent = this.context.say("noPlace");
      return [none];
    }
    return [this.choices(best, NUMBER.exec(typed)?.[0].replace(/[\s,]/g, "") ?? "", "which")];
  }

  private async names(): Promise<Named[]> {
    const { items, streets } = await getJson<Names>(this.addresses.names).catch((): Names => ({ items: [], streets: [] }));
    return [...items, ...streets];
  }

  /** The names as the server would show them; the door's number is not known here and goes into the words of the place. */
  private choices(names: readonly Named[], number: string, title: string): HTMLElement {
    const group = document.createElement("fieldset");
    group.className = "spots";
    const legend = document.createElement("legend");
    legend.className = "spots__title";
    legend.textContent = this.context.say(title);
    group.append(legend);
    for (const place of names.slice(0, MOST_FOUND)) {
      const label = document.createElement("label");
      label.className = "spots__one";
      const radio = document.createElement("input");
      radio.type = "radio";
      radio.name = "place";
      Object.assign(radio.dataset, { lon: place.lon, lat: place.lat, spread: place.spread_m });
      const name = document.createElement("span");
      name.textContent = (document.documentElement.lang === "en" && place.name_en) || place.name_el;
      if (number) radio.dataset.words = `${name.textContent} ${number}`;
      label.append(radio, name);
      group.append(label);
    }
    return group;
  }
}

/** Grows or shrinks what stands above the end of the page, where the finger is, without moving that end. */
function keepStill(change: () => void): void {
  const page = document.documentElement;
  page.style.overflowAnchor = "none"; // some browsers would do a part of it themselves
  const before = page.scrollHeight;
  change();
  scrollBy({ top: page.scrollHeight - before, behavior: "instant" });
}
