// The town's things as marks on a map where one points: lamps, benches, bins. Each can be tapped, several at once.

import L from "leaflet";
import { addressOf } from "../core/addresses";
import { getJson } from "../ports/network";
import { at, CLOSE_ZOOM, nameIt, pressable } from "./leaflet";

interface Thing {
  readonly thing: string;
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
}

const TARGET_PX = 36;

/** A tap tells `map:thing` on the element, with the thing; `map:things` to it says which are chosen. */
export class Things {
  private readonly layer = L.layerGroup();
  private readonly drawn = new Map<string, L.Marker>();
  private chosen: ReadonlySet<string> = new Set();
  private asked = "";

  constructor(
    private readonly element: HTMLElement,
    private readonly map: L.Map,
    private readonly address: string,
  ) {
    this.layer.addTo(map);
    map.on("moveend", () => void this.look());
    element.addEventListener("map:things", (event) => this.choose((event as CustomEvent<readonly string[]>).detail));
    void this.look();
  }

  private async look(): Promise<void> {
    if (this.map.getZoom() < CLOSE_ZOOM) {
      this.asked = "";
      this.draw([]);
      return;
    }
    const box = this.map.getBounds().pad(0.1);
    const bbox = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((edge) => edge.toFixed(4)).join(",");
    if (bbox === this.asked) return;
    this.asked = bbox;
    try {
      const { items } = await getJson<{ items: readonly Thing[] }>(addressOf(this.address, { bbox }));
      if (this.asked === bbox) this.draw(items);
    } catch {
      this.asked = ""; // without a network one points at the place
    }
  }

  private draw(things: readonly Thing[]): void {
    const wanted = new Set(things.map(({ thing }) => thing));
    for (const [key, marker] of this.drawn) {
      if (wanted.has(key)) continue;
      marker.remove();
      this.drawn.delete(key);
    }
    for (const thing of things) if (!this.drawn.has(thing.thing)) this.add(thing);
  }

  private add(thing: Thing): void {
    const icon = L.divIcon({ className: "thing-mark", iconSize: [TARGET_PX, TARGET_PX] });
    const marker = L.marker(at([thing.lon, thing.lat]), { icon, title: thing.name, alt: thing.name }).addTo(this.layer);
    nameIt(marker, thing.name);
    pressable(marker);
    marker.on("click", () => this.element.dispatchEvent(new CustomEvent("map:thing", { detail: thing })));
    this.drawn.set(thing.thing, marker);
    this.show(thing.thing, marker);
  }

  private choose(keys: readonly string[]): void {
    this.chosen = new Set(keys);
    for (const [key, marker] of this.drawn) this.show(key, marker);
  }

  private show(key: string, marker: L.Marker): void {
    marker.getElement()?.setAttribute("aria-pressed", String(this.chosen.has(key)));
    marker.setZIndexOffset(this.chosen.has(key) ? 500 : 0);
  }
}
