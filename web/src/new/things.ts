// The things that were pointed at, on the map or in a list: a line of names above the map, each of which can be taken back.

import type { StepContext } from "./context";

export interface Pointed {
  readonly key: string;
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
}

export class ChosenThings {
  private readonly line: HTMLElement;

  /** `pointed` hears of each thing that is chosen. */
  constructor(
    private readonly context: StepContext,
    private readonly pointed: (thing: Pointed) => void,
  ) {
    const { section } = context;
    this.line = section.querySelector<HTMLElement>("[data-things]")!;
    section.querySelector("[data-map]")?.addEventListener("map:thing", (event) => {
      const { thing, ...spot } = (event as CustomEvent<{ thing: string; name: string; lon: number; lat: number }>).detail;
      this.toggle({ key: thing, ...spot });
    });
    section.addEventListener("change", (event) => this.changed(event.target as HTMLInputElement));
  }

  /** What the draft knows stands in the line again. */
  show(): void {
    const keys = this.context.draft.fields.things ?? [];
    this.line.replaceChildren(...keys.map((key) => this.entry(key, this.names()[key] ?? key.slice(key.indexOf("/") + 1))));
    this.tell();
  }

  /** Marks in a list that came from the server what is chosen already. */
  mark(list: ParentNode): void {
    const keys = this.keys();
    for (const box of list.querySelectorAll<HTMLInputElement>("[name=things]")) box.checked = keys.includes(box.value);
  }

  private keys(): string[] {
    return [...this.line.querySelectorAll("input")].map((box) => box.value);
  }

  private names(): Record<string, string> {
    return JSON.parse(this.context.draft.value("things_names") || "{}") as Record<string, string>;
  }

  private changed(field: HTMLInputElement): void {
    if (field.dataset.thing === undefined && field.name !== "things") return;
    const key = field.dataset.thing ?? field.value;
    if (field.checked === this.keys().includes(key)) return;
    this.toggle({ key, name: field.dataset.name ?? key, lon: Number(field.dataset.lon), lat: Number(field.dataset.lat) });
  }

  private toggle(thing: Pointed): void {
    const mine = [...this.line.querySelectorAll<HTMLInputElement>("input")].find((box) => box.value === thing.key);
    if (mine) mine.closest("label")?.remove();
    else this.line.append(this.entry(thing.key, thing.name));
    const names = { ...this.names(), [thing.key]: thing.name };
    void this.context.draft.write({ things: this.keys(), things_names: [JSON.stringify(names)] });
    this.mark(this.context.section);
    this.tell();
    if (!mine) this.pointed(thing);
  }

  /** Says to the map which of its marks are chosen. */
  tell(): void {
    const map = this.context.section.querySelector("[data-map]");
    map?.dispatchEvent(new CustomEvent("map:things", { detail: this.keys() }));
  }

  private entry(key: string, name: string): HTMLElement {
    const label = document.createElement("label");
    label.className = "things__one";
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", name: "things", value: key, checked: true });
    const words = document.createElement("span");
    words.textContent = name;
    label.append(box, words);
    return label;
  }
}
