// The public list beside its map. Where the map is moved, the list follows; the address always says what both show.

import { holds, type Own } from "../core/crowds";
import { readBox, readPosition, type Position } from "../core/geo";
import { getJson, getPage } from "../ports/network";
import { Docked } from "./docked";
import { enhanceMaps } from "./maps";

const PART = "list";
const BESIDE = "(width >= 64rem), (width >= 56rem) and (orientation: landscape)";
/** Where the map fills the screen and the list is a sheet on it; styles/citizen/parts/_docked.scss says the same. */
const DOCKED = "(width < 64rem) and (orientation: portrait), (width < 36rem)";
const TYPED_MS = 400;

interface Row {
  readonly id: string;
  readonly spot: Position;
}

export class Listing {
  private readonly map: HTMLElement;
  private readonly list: HTMLElement;
  private readonly docked: Docked;
  private readonly follow: HTMLInputElement;
  private readonly filters: HTMLFormElement;
  private under: AbortController | null = null;
  private seen = "";
  private ready = false;
  /** The references of the reader's own. */
  private mine: ReadonlySet<string> = new Set();
  /** What the list shows. */
  private asked = window.location.href;

  constructor(private readonly root: HTMLElement) {
    this.map = this.part("[data-map-later]");
    this.list = this.part("[data-listed]");
    this.docked = new Docked(root, this.part("[data-pull]"), this.list);
    this.follow = this.part<HTMLInputElement>("[data-follow]");
    this.filters = document.querySelector<HTMLFormElement>("[data-filters]")!;
    this.map.dataset.mapQuery = root.dataset.query ?? "{}";
    this.hearMap();
    this.hearList();
    this.hearFilters();
    this.views();
    this.follow.addEventListener("change", () => this.narrow(this.follow.checked ? this.seen : ""));
    this.part("[data-here]").addEventListener("click", () => this.tell("map:here", null));
    this.choose(this.root.dataset.chosen ?? "");
    void this.own();
    // Who comes back may have been forgotten here meanwhile.
    window.addEventListener("pageshow", ({ persisted }) => void (persisted && this.own()));
  }

  private part<T extends HTMLElement = HTMLElement>(selector: string): T {
    const element = this.root.querySelector<T>(selector);
    if (!element) throw new Error(selector);
    return element;
  }

  private tell(name: string, detail: unknown): void {
    this.map.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // -- list or map, where there is no room for both ----------------------------------------------------------------

  private views(): void {
    for (const button of this.buttons()) button.addEventListener("click", () => this.turn(button));
    for (const room of [BESIDE, DOCKED]) matchMedia(room).addEventListener("change", () => this.fit());
    this.fit();
  }

  private fit(): void {
    this.search();
    this.wake();
  }

  /** On a map that fills the screen one can search at once; else the words stand with the other fields. */
  private search(): void {
    const words = this.filters.querySelector<HTMLElement>("[data-words-field]")!;
    const over = this.root.dataset.view === "map" && matchMedia(DOCKED).matches;
    const place = over ? this.filters : this.filters.querySelector("[data-fields]")!;
    if (words.parentElement !== place) place.prepend(words);
    this.map.dataset.mapCover = String(over ? this.filters.offsetHeight : 0);
  }

  private buttons(): HTMLButtonElement[] {
    return [...document.querySelectorAll<HTMLButtonElement>("[data-view-button]")];
  }

  /** The map needs the whole screen below its pills. */
  private turn(button: HTMLButtonElement): void {
    const view = button.dataset.viewButton ?? "list";
    this.show(view);
    if (view === "map") button.parentElement?.scrollIntoView({ block: "start" });
  }

  private show(view: string): void {
    this.root.dataset.view = view;
    for (const button of this.buttons()) button.setAttribute("aria-pressed", String(button.dataset.viewButton === view));
    this.address({ view: view === "map" ? "map" : "" });
    if (this.ready) this.tell("map:resize", null);
    this.fit();
  }

  private mapIsSeen(): boolean {
    return this.root.dataset.view === "map" || matchMedia(BESIDE).matches;
  }

  /** Leaflet comes when the map is first seen. */
  private wake(): void {
    if (!this.mapIsSeen() || this.map.dataset.map !== undefined) return;
    this.map.dataset.map = "";
    enhanceMaps(this.root);
  }

  // -- the address -------------------------------------------------------------------------------------------------

  private address(changes: Readonly<Record<string, string>>): void {
    const address = new URL(window.location.href);
    for (const [name, value] of Object.entries(changes)) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(null, "", readable(address));
    this.others(address);
  }

  /** Whatever else leads on from here keeps the place: the form, and the other language. */
  private others(here: URL): void {
    for (const name of ["bbox", "view"]) {
      const field = this.filters.querySelector<HTMLInputElement>(`[name=${name}]`);
      const value = here.searchParams.get(name) ?? "";
      if (!field) continue;
      field.value = value;
      field.disabled = value === "";
    }
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[href^='/language/']")) {
      const to = new URL(link.href);
      to.searchParams.set("next", `${here.pathname}${here.search}`);
      link.href = to.href;
    }
  }

  // -- a choice applies at once --------------------------------------------------------------------------------------

  private hearFilters(): void {
    let pause = 0;
    const apply = (): void => {
      clearTimeout(pause);
      void this.apply();
    };
    this.filters.querySelector<HTMLElement>("[data-filters-go]")!.hidden = true;
    this.filters.addEventListener("change", apply);
    this.filters.addEventListener("input", (event) => {
      clearTimeout(pause);
      if ((event.target as HTMLElement).matches("[type=search]")) pause = window.setTimeout(apply, TYPED_MS);
    });
    this.filters.addEventListener("submit", (event) => {
      event.preventDefault();
      apply();
    });
    document.addEventListener("click", (event) => {
      const link = (event.target as HTMLElement).closest<HTMLAnchorElement>("[data-swap=chips] .chip");
      if (!link || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      void this.go(link.href, true);
    });
    window.addEventListener("popstate", () => void this.go(window.location.href, false));
  }

  /** The address that the form stands for; a search that says the same as before asks for nothing. */
  private async apply(): Promise<void> {
    const address = new URL(this.filters.action);
    const typed = new FormData(this.filters);
    for (const name of new Set(typed.keys())) {
      const value = typed.getAll(name).filter(Boolean).join(",");
      if (value) address.searchParams.set(name, value);
    }
    if (this.root.dataset.view === "map") address.searchParams.set("view", "map");
    if (address.href !== this.asked) await this.go(address.href, true, false);
  }

  /** Shows what an address says: list, count, chips and map; `whole`: the form, too, which did not say it itself. */
  private async go(to: string, anew: boolean, whole = true): Promise<void> {
    const address = new URL(to);
    if (anew) history.pushState(null, "", readable(address));
    const page = await this.page();
    if (!page) return;
    this.asked = address.href;
    for (const part of page.querySelectorAll<HTMLElement>("[data-swap]")) {
      document.querySelector(`[data-swap=${part.dataset.swap}]`)?.replaceChildren(...part.childNodes);
    }
    if (whole) takeFields(page.querySelector<HTMLFormElement>("[data-filters]"), this.filters);
    this.others(address);
    const { query = "{}", chosen = "" } = page.querySelector<HTMLElement>("[data-listing]")?.dataset ?? {};
    const before = this.map.dataset.mapBounds ?? "";
    const box = address.searchParams.get("bbox") ?? "";
    this.map.dataset.mapQuery = query;
    this.root.dataset.chosen = chosen;
    if (box) this.map.dataset.mapBounds = box;
    else delete this.map.dataset.mapBounds;
    this.arrived();
    this.tell(box && box === before ? "map:refresh" : "map:show", null);
  }

  /** The page of the address as it stands; null when it did not come, which is said. */
  private async page(): Promise<Document | null> {
    const text = await this.ask();
    return text === null ? null : new DOMParser().parseFromString(text, "text/html");
  }

  // -- the map moves the list --------------------------------------------------------------------------------------

  private hearMap(): void {
    const on = <T>(name: string, heard: (detail: T, event: Event) => void): void =>
      this.map.addEventListener(name, (event) => heard((event as CustomEvent<T>).detail, event));
    on<{ box: string; chosen?: boolean }>("map:view", ({ box, chosen }) => {
      if (chosen) this.follow.checked = true;
      if (this.follow.checked) this.narrow(box, true);
    });
    on<{ box: string }>("map:drawn", ({ box }) => (this.seen = box));
    on<Row>("map:select", (mark, event) => {
      event.preventDefault();
      void this.select(mark);
    });
    on<{ sentence: string }>("map:said", ({ sentence }) => (this.part("[data-map-said]").textContent = sentence));
    on<null>("map:ready", () => {
      this.ready = true;
      this.choose(this.root.dataset.chosen ?? "");
    });
  }

  /** The list of this box, or of the whole town. `moved`: by the map, which draws itself anew. */
  private narrow(box: string, moved = false): void {
    if (box) this.map.dataset.mapBounds = box;
    else delete this.map.dataset.mapBounds;
    const row = this.row(this.root.dataset.chosen ?? "");
    if (!row || !within(box, row)) this.root.dataset.chosen = "";
    this.address({ bbox: box, after: "", chosen: this.root.dataset.chosen ?? "" });
    if (!moved) this.tell("map:refresh", null);
    void this.refresh();
  }

  /** Asks for the list as the address says; false when it did not come. */
  private async refresh(): Promise<boolean> {
    const text = await this.ask(PART);
    if (text === null) return false;
    this.list.innerHTML = text;
    this.arrived();
    return true;
  }

  private arrived(): void {
    this.part("[data-listing-said]").textContent = this.count()?.textContent ?? "";
    this.choose(this.root.dataset.chosen ?? "");
  }

  private count(): Element | null {
    return this.list.querySelector("[data-count]");
  }

  /** The page of the address, or a part of it; null when it did not come, which is said, or was overtaken. */
  private async ask(part?: string, address = window.location.href): Promise<string | null> {
    this.under?.abort();
    const mine = new AbortController();
    this.under = mine;
    this.list.setAttribute("aria-busy", "true");
    try {
      const answer = await getPage(address, { ...(part ? { part } : {}), signal: mine.signal });
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      const text = await answer.text();
      this.lost("");
      return text;
    } catch {
      if (this.under === mine) this.lost(this.root.dataset.lost ?? "");
      return null;
    } finally {
      if (this.under === mine) this.list.removeAttribute("aria-busy");
    }
  }

  private lost(sentence: string): void {
    const place = this.part("[data-listing-lost]");
    place.textContent = sentence;
    place.hidden = sentence === "";
  }

  // -- the reader's own ----------------------------------------------------------------------------------------------

  /** Asked for apart from the list and the marks, which are everybody's, and only by a browser that may have some. */
  private async own(): Promise<void> {
    const { own } = this.root.dataset;
    if (!own) return;
    const { items } = await getJson<{ items: readonly Own[] }>(own).catch(() => ({ items: [] }));
    if (items.length + this.mine.size === 0) return;
    this.mine = new Set(items.map(({ reference }) => reference));
    this.map.dataset.mapOwn = JSON.stringify(items);
    this.tell("map:own", null);
    this.markOwn();
  }

  private markOwn(): void {
    for (const row of this.rows()) {
      row.querySelector(".row__own")?.remove();
      if (!this.mine.has(row.dataset.id ?? "")) continue;
      const word = document.createElement("span");
      word.className = "row__own";
      word.textContent = this.root.dataset.ownWord ?? "";
      row.querySelector(".row__state .status")?.after(word);
    }
  }

  // -- one of them ---------------------------------------------------------------------------------------------------

  /** A mark was activated: its row is brought, shown and focused. */
  private async select({ id }: Row): Promise<void> {
    this.address({ chosen: id });
    this.root.dataset.chosen = id;
    if (!this.row(id) && !(await this.refresh())) return;
    this.docked.open("peek");
    this.choose(id);
    const link = this.row(id)?.querySelector("a");
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
  }

  private choose(id: string): void {
    const row = id ? this.row(id) : null;
    this.docked.count(this.count());
    this.markOwn();
    for (const other of this.rows()) {
      const chosen = other === row;
      other.classList.toggle("row--chosen", chosen);
      if (chosen) other.querySelector("a")?.setAttribute("aria-current", "true");
      else other.querySelector("a")?.removeAttribute("aria-current");
    }
    this.tell("map:choose", { id: row ? id : null, spot: row ? spotOf(row) : null });
  }

  private rows(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>("[data-id]")];
  }

  private row(id: string): HTMLElement | null {
    return this.rows().find((row) => row.dataset.id === id) ?? null;
  }

  private hearList(): void {
    const glow = (event: Event): void => {
      const row = (event.target as HTMLElement).closest<HTMLElement>("[data-id]");
      const spot = row && spotOf(row);
      this.tell("map:glow", row && spot ? { id: row.dataset.id ?? "", spot } : null);
    };
    for (const name of ["mouseover", "focusin"]) this.list.addEventListener(name, glow);
    for (const name of ["mouseleave", "focusout"]) this.list.addEventListener(name, () => this.tell("map:glow", null));
    this.root.addEventListener("click", (event) => {
      const target = event.target as HTMLElement;
      const row = target.closest("[data-show]")?.closest<HTMLElement>("[data-id]");
      if (row) this.showOnMap(row);
      const more = target.closest<HTMLAnchorElement>("a[rel=next]");
      if (more && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        void this.more(more);
      }
      if (target.closest("[data-whole]")) {
        event.preventDefault();
        this.narrow("");
      }
    });
  }

  /** The next rows below those that are there, and the focus on the first of them. */
  private async more(link: HTMLAnchorElement): Promise<void> {
    const text = await this.ask(PART, link.href);
    if (text === null) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    const [first, ...others] = page.querySelectorAll("#reports > li");
    this.list.querySelector("#reports")?.append(...(first ? [first, ...others] : []));
    link.parentElement?.replaceWith(...page.querySelectorAll("nav.more"));
    this.markOwn();
    first?.querySelector("a")?.focus({ preventScroll: true });
  }

  private showOnMap(row: HTMLElement): void {
    const [id, spot] = [row.dataset.id ?? "", spotOf(row)];
    if (!spot) return;
    if (!this.mapIsSeen()) this.show("map");
    this.docked.open("peek");
    this.address({ chosen: id });
    this.root.dataset.chosen = id;
    const come = (): void => {
      this.choose(id);
      this.tell("map:come", { spot });
      this.map.scrollIntoView({ block: "nearest" });
    };
    if (this.ready) come();
    else this.map.addEventListener("map:ready", come, { once: true });
  }

}

/** Fields that somebody else filled in: what is folded open stays so. */
function takeFields(from: HTMLFormElement | null, to: HTMLFormElement): void {
  for (const field of to.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")) {
    const said = from?.querySelector<typeof field>(field.id ? `#${field.id}` : `[name="${field.name}"][value="${field.value}"]`);
    if (field instanceof HTMLInputElement && /radio|checkbox/.test(field.type)) field.checked = (said as HTMLInputElement | null)?.checked ?? false;
    else if (field.type !== "hidden") field.value = said?.value ?? "";
  }
}

function spotOf(row: HTMLElement): Position | null {
  return readPosition(row.dataset.lon, row.dataset.lat);
}

function within(box: string, row: HTMLElement): boolean {
  const [edges, spot] = [readBox(box), spotOf(row)];
  return !edges || (spot !== null && holds(edges, spot));
}

/** Commas stay commas, so that the address can be read. */
function readable(address: URL): string {
  return `${address.pathname}${address.search.replace(/%2C/g, ",")}${address.hash}`;
}
