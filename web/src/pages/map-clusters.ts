// The public map: the server counts, so that a thousand reports are as quick as ten. Shows what the list is narrowed to.

import L from "leaflet";
import { addressOf } from "../core/addresses";
import { around, boxText, holds, onOneSpot, padded, readCrowds, shortCount, waiting, type Collection, type Crowd, type Own } from "../core/crowds";
import { readBox, type Box, type Position } from "../core/geo";
import { crowdSvg, markSvg } from "../core/marks";
import type { Outline } from "../core/outlines";
import { filled, type Words } from "../core/words";
import { getJson } from "../ports/network";
import { myPosition, PositionRefused } from "../ports/position";
import { at, calm, CLOSE_ZOOM, nameIt, pressable } from "./leaflet";

const MARK_PX = 30;
const CHOSEN_PX = 44;
const FARTHEST_IN = 19;

const boundsOf = ([west, south, east, north]: Box): L.LatLngBounds => L.latLngBounds([south, west], [north, east]);

export class Clusters {
  private crowds: readonly Crowd[] = [];
  private drawn = new Map<string, L.Marker>();
  private chosen: { readonly id: string; readonly spot: Position | null } | null = null;
  private readonly layer: L.LayerGroup;
  private asked: AbortController | null = null;
  /** What we do ourselves to the view is not the reader's wish. */
  private ours = false;
  private size: L.Point;
  private me: L.LayerGroup | null = null;
  private outlines: readonly Outline[] = [];
  /** It was to show something while it was out of sight. */
  private due = false;

  constructor(
    private readonly element: HTMLElement,
    private readonly map: L.Map,
    private readonly words: Words,
  ) {
    this.layer = L.layerGroup().addTo(map);
    this.size = map.getSize();
    this.listen<{ id: string | null; spot: Position | null }>("map:choose", ({ id, spot }) => this.choose(id, spot));
    this.listen<{ spot: Position }>("map:come", ({ spot }) => this.come(spot));
    this.listen<{ id: string; spot: Position } | null>("map:glow", (row) => this.glow(row));
    this.listen<null>("map:here", () => void this.here());
    this.listen<null>("map:own", () => void this.load());
    this.listen<null>("map:refresh", () => void this.load());
    this.listen<null>("map:show", () => void this.show());
  }

  /** First everything that matches, as near as it can be seen at once; with a box in the address, that box. */
  async start(outlines: readonly Outline[]): Promise<void> {
    this.outlines = outlines;
    if (!this.given()) await this.seeAll();
    this.map.on("moveend", () => this.moved());
    await this.load();
  }

  private listen<T>(name: string, heard: (detail: T) => void): void {
    this.element.addEventListener(name, (event) => heard((event as CustomEvent<T>).detail));
  }

  private say(name: string, detail: unknown): boolean {
    return this.element.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true, detail }));
  }

  // -- what is seen ------------------------------------------------------------------------------------------------

  /** The box that the list is narrowed to. */
  private given(): Box | null {
    return readBox(this.element.dataset.mapBounds);
  }

  private view(): Box {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  /** The box that the list is narrowed to, else everything that matches; the marks come with the move. */
  private async show(): Promise<void> {
    this.due = this.hidden();
    if (this.due) return;
    const box = this.given();
    if (box) this.quietly(() => this.map.fitBounds(boundsOf(box), { animate: false }));
    else await this.seeAll();
  }

  private async seeAll(): Promise<void> {
    const code = this.query()["area"];
    const home = this.outlines.find((one) => one.code === code) ?? this.outlines.find(({ kind }) => kind === "municipality");
    if (!home) return;
    const outlineBounds = L.polygon(home.polygons.map((polygon) => polygon.map((ring) => ring.map(at)))).getBounds();
    this.quietly(() => this.map.fitBounds(outlineBounds, { animate: false }));
    const all = around(await this.ask(this.view()).catch(() => []));
    if (all) this.quietly(() => this.map.fitBounds(boundsOf(all), { paddingTopLeft: [40, 40 + this.cover()], paddingBottomRight: [40, 40 + this.cover() / 2], maxZoom: 16, animate: false }));
  }

  /** So much of its upper edge, and half of that of its lower one, lies under what stands over the map. */
  private cover(): number {
    return Number(this.element.dataset.mapCover ?? 0);
  }

  private quietly(move: () => void): void {
    this.ours = true;
    move();
    this.ours = false;
  }

  /** The same for a move that takes its time. */
  private gently(move: () => void): void {
    this.ours = true;
    move();
  }

  private moved(): void {
    const resized = !this.map.getSize().equals(this.size);
    this.size = this.map.getSize();
    if (this.hidden()) return;
    if (this.due) return void this.show();
    if (!this.ours && !resized) this.say("map:view", { box: boxText(this.view()) });
    this.ours = false;
    void this.load();
  }

  /** Out of sight on a phone, where the list is. */
  private hidden(): boolean {
    return this.size.x === 0 || this.size.y === 0;
  }

  // -- asking --------------------------------------------------------------------------------------------------------

  private query(): Record<string, string> {
    return JSON.parse(this.element.dataset.mapQuery ?? "{}") as Record<string, string>;
  }

  private async ask(box: Box): Promise<Crowd[]> {
    this.asked?.abort();
    this.asked = new AbortController();
    const { mapClusters, mapLanguage } = this.element.dataset;
    const where = { bbox: boxText(box), zoom: this.map.getZoom(), lang: mapLanguage ?? "el" };
    const address = addressOf(mapClusters ?? "", { ...this.query(), ...where });
    const collection = await getJson<Collection>(address, this.asked.signal);
    return readCrowds(collection);
  }

  /** Told to this browser alone, never with the marks, which are everybody's. */
  private own(): readonly Own[] {
    return JSON.parse(this.element.dataset.mapOwn ?? "[]") as readonly Own[];
  }

  private async load(): Promise<void> {
    if (this.hidden()) return;
    const box = this.given() ?? this.view();
    let crowds: Crowd[];
    try {
      crowds = await this.ask(box);
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.tell(this.words("lost"));
      return;
    }
    // Whether one that waits would match a filter only the server can say.
    this.crowds = Object.keys(this.query()).length ? crowds : [...crowds, ...waiting(this.own())];
    this.draw();
    const count = crowds.reduce((sum, crowd) => sum + crowd.count, 0);
    this.tell(filled(this.words("onMap"), { count: count.toLocaleString(this.element.dataset.mapLanguage) }));
    this.say("map:drawn", { count, box: boxText(this.view()) });
  }

  private tell(sentence: string): void {
    this.say("map:said", { sentence });
  }

  // -- drawing -------------------------------------------------------------------------------------------------------

  /** Marks that are still right stay, with the focus on them. */
  private draw(): void {
    const before = this.drawn;
    const focused = this.layerHasFocus();
    this.drawn = new Map();
    const mine = new Map(this.own().map((own) => [own.reference, own]));
    for (const crowd of this.crowds) {
      const chosen = crowd.id !== null && crowd.id === this.chosen?.id;
      const own = crowd.id === null ? undefined : mine.get(crowd.id);
      const key = crowd.id ? `${crowd.id}${crowd.status}${chosen}${own !== undefined}` : `${crowd.spot.join()}:${crowd.count}:${crowd.open}`;
      const existing = before.get(key);
      before.delete(key);
      this.drawn.set(key, existing ?? (crowd.count === 1 ? this.one(crowd, chosen, own) : this.many(crowd)));
    }
    for (const old of before.values()) old.remove();
    if (this.chosen?.spot && !this.crowds.some(({ id }) => id === this.chosen?.id)) this.glow({ id: "", spot: this.chosen.spot });
    if (focused && !this.layerHasFocus()) this.map.getContainer().focus({ preventScroll: true });
  }

  private layerHasFocus(): boolean {
    return Boolean(this.map.getPane("markerPane")?.contains(document.activeElement));
  }

  private one(crowd: Crowd, chosen: boolean, own?: Own): L.Marker {
    const size = chosen ? CHOSEN_PX : MARK_PX;
    const { url } = own ?? {};
    const kind = `${chosen ? " mark-pin--chosen" : ""}${own ? " mark-pin--own" : ""}${url ? " mark-pin--waits" : ""}`;
    const label = own ? filled(this.words(url ? "waits" : "own"), { label: crowd.label }) : crowd.label;
    const svg = markSvg(crowd.status, this.element.dataset.mapSprite ?? "");
    const marker = this.mark(crowd, `mark-pin is-${crowd.status}${kind}`, svg, size, label);
    return marker.on("click", () => {
      if (url) window.location.assign(url);
      else this.say("map:select", { id: crowd.id, spot: crowd.spot });
    });
  }

  private many(crowd: Crowd): L.Marker {
    const text = shortCount(crowd.count);
    const label = filled(this.words("group"), { count: crowd.count, open: crowd.open });
    const className = `mark-pin mark-pin--crowd${crowd.open ? "" : " mark-pin--done"}`;
    const marker = this.mark(crowd, className, crowdSvg(text, crowd.open / crowd.count), 32 + 5 * text.length, label);
    return marker.on("click", () => this.open(crowd));
  }

  private mark({ spot }: Crowd, className: string, html: string, size: number, label: string): L.Marker {
    const icon = L.divIcon({ className, html, iconSize: [size, size] });
    const marker = L.marker(at(spot), { icon, title: label, alt: label, riseOnHover: true }).addTo(this.layer);
    nameIt(marker, label);
    pressable(marker);
    return marker;
  }

  /** Nearer, until they part; those on one spot come into the list instead. */
  private open(crowd: Crowd): void {
    const box = padded(crowd.box, 0.000002);
    if (!onOneSpot(crowd.box)) {
      const zoom = Math.max(this.map.getBoundsZoom(boundsOf(box).pad(0.15)), this.map.getZoom() + 0.5);
      this.map.setView(boundsOf(box).getCenter(), Math.min(zoom, FARTHEST_IN), { animate: !calm() });
    } else if (this.map.getZoom() < CLOSE_ZOOM) {
      this.map.setView(at(crowd.spot), CLOSE_ZOOM, { animate: !calm() });
    } else {
      this.say("map:view", { box: boxText(box), chosen: true });
      void this.load();
    }
  }

  private choose(id: string | null, spot: Position | null): void {
    this.chosen = id ? { id, spot } : null;
    this.glow(null);
    this.draw();
    const edge = L.point(MARK_PX, MARK_PX + this.cover());
    const free = L.bounds(edge, this.map.getSize().subtract(edge));
    if (!spot || free.contains(this.map.latLngToContainerPoint(at(spot)))) return;
    this.gently(() => this.map.panTo(at(spot), { animate: !calm() }));
  }

  private come(spot: Position): void {
    this.gently(() => this.map.setView(at(spot), Math.max(this.map.getZoom(), CLOSE_ZOOM), { animate: !calm() }));
  }

  /** The mark of the row under the pointer or the focus: its own, or the one that counts it. */
  private glow(row: { readonly id: string; readonly spot: Position } | null): void {
    const own = row && this.crowds.find(({ id }) => id === row.id);
    const glowing = own ?? (row && this.crowds.find((crowd) => crowd.count > 1 && holds(padded(crowd.box, 0.000002), row.spot)));
    const marks = [...this.drawn.values()];
    this.crowds.forEach((crowd, index) => {
      marks[index]?.getElement()?.classList.toggle("mark-pin--glow", crowd === glowing);
    });
  }

  // -- the reader's own position -------------------------------------------------------------------------------------

  private async here(): Promise<void> {
    this.tell(this.words("seeking"));
    try {
      const { lon, lat, accuracyM } = await myPosition();
      this.me?.remove();
      const circle = L.circle([lat, lon], { radius: accuracyM, className: "map-accuracy", interactive: false });
      const dot = L.circleMarker([lat, lon], { radius: 8, className: "map-me", interactive: false });
      this.me = L.layerGroup([circle, dot]).addTo(this.map);
      const around = L.latLng(lat, lon).toBounds(Math.max(accuracyM * 2.4, 400));
      this.map.fitBounds(around, { maxZoom: CLOSE_ZOOM, animate: false });
      this.tell(filled(this.words("found"), { metres: Math.max(5, Math.round(accuracyM)) }));
    } catch (error) {
      this.tell(this.words(error instanceof PositionRefused ? "denied" : "notFound"));
    }
  }
}
