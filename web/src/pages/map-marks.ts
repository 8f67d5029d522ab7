// Marks on a map: one for each report of its list, and one with a number where several would overlap.

import L from "leaflet";
import { clustered } from "../core/clusters";
import { readPosition, type Position } from "../core/geo";
import { markSvg, numberSvg } from "../core/marks";
import { filled, type Words } from "../core/words";
import { at, calm, nameIt, pressable } from "./leaflet";

const CLUSTER_PX = 30;
const MARK_PX = 30;
const CHOSEN_PX = 44;

interface Mark {
  readonly id: string;
  readonly spot: Position;
  readonly status: string;
  readonly label: string;
  readonly href: string | null;
  readonly row: HTMLElement | null;
  /** Its place in a sequence, when the list is one. */
  readonly number: number | null;
}

export class Marks {
  private marks: Mark[] = [];
  private chosen: string | null = null;
  private readonly layer: L.LayerGroup;
  private readonly drawn = new Map<string, L.Marker>();
  private readonly heard = new WeakSet<HTMLElement>();

  constructor(
    private readonly element: HTMLElement,
    private readonly map: L.Map,
    private readonly words: Words,
  ) {
    this.layer = L.layerGroup().addTo(map);
    map.on("zoomend", () => this.draw());
  }

  spots(): Position[] {
    return this.marks.map((mark) => mark.spot);
  }

  read(): void {
    const list = this.element.dataset.mapList;
    const rows = list ? document.querySelectorAll<HTMLElement>(`${list} [data-lon][data-lat]`) : [];
    this.marks = [...fromRows([...rows]), ...fromJson(this.element.dataset.mapMarks)];
    for (const mark of this.marks) this.hear(mark);
    this.draw();
  }

  choose(id: string | null): void {
    this.chosen = id;
    this.draw();
    const mark = this.marks.find((one) => one.id === id);
    if (mark && !this.map.getBounds().pad(-0.1).contains(at(mark.spot))) {
      this.map.panTo(at(mark.spot), { animate: !calm() });
    }
  }

  /** The row under the pointer or the focus shows on the map. */
  private hear(mark: Mark): void {
    if (!mark.row || this.heard.has(mark.row)) return;
    this.heard.add(mark.row);
    const light = (id: string | null) => (): void => this.glow(id);
    mark.row.addEventListener("mouseenter", light(mark.id));
    mark.row.addEventListener("mouseleave", light(null));
    mark.row.addEventListener("focusin", light(mark.id));
    mark.row.addEventListener("focusout", light(null));
  }

  private glow(id: string | null): void {
    for (const [key, marker] of this.drawn) {
      marker.getElement()?.classList.toggle("mark-pin--glow", key === id);
    }
  }

  private draw(): void {
    this.layer.clearLayers();
    this.drawn.clear();
    const zoom = this.map.getZoom();
    const numbered = this.marks.some((mark) => mark.number !== null);
    const groups = numbered
      ? this.marks.map((_mark, index) => [index])
      : clustered(
          this.marks.map((mark) => this.map.project(at(mark.spot), zoom)),
          zoom >= 18.5 ? 4 : CLUSTER_PX,
        );
    for (const group of groups) {
      const members = group.flatMap((index) => this.marks[index] ?? []);
      const chosen = members.find((mark) => mark.id === this.chosen);
      if (chosen || members.length === 1) this.one(chosen ?? members[0], Boolean(chosen));
      const rest = members.filter((mark) => mark !== chosen);
      if (rest.length > 1) this.many(rest);
      else if (chosen) this.one(rest[0], false);
    }
  }

  private one(mark: Mark | undefined, chosen: boolean): void {
    if (!mark) return;
    const size = chosen ? CHOSEN_PX : MARK_PX;
    const icon = L.divIcon({
      className: `mark-pin is-${mark.status}${chosen ? " mark-pin--chosen" : ""}${mark.number === null ? "" : " mark-pin--number"}`,
      html: mark.number === null ? markSvg(mark.status, this.element.dataset.mapSprite ?? "") : numberSvg(mark.number),
      iconSize: [size, size],
    });
    // The next stop of a sequence lies above the later ones.
    const zIndexOffset = mark.number === null ? 0 : -100 * mark.number;
    const marker = L.marker(at(mark.spot), { icon, title: mark.label, alt: mark.label, riseOnHover: true, zIndexOffset });
    marker.on("click", () => this.select(mark)).addTo(this.layer);
    nameIt(marker, mark.label);
    pressable(marker);
    this.drawn.set(mark.id, marker);
  }

  private many(members: readonly Mark[]): void {
    const first = members[0];
    if (!first) return;
    const label = filled(this.words("group"), { count: members.length });
    const size = members.length < 10 ? 34 : 40;
    const icon = L.divIcon({ className: "mark-pin mark-pin--number", html: numberSvg(members.length), iconSize: [size, size] });
    const marker = L.marker(at(first.spot), { icon, title: label, alt: label });
    marker.on("click", () => {
      this.map.fitBounds(L.latLngBounds(members.map((m) => at(m.spot))).pad(0.3), { maxZoom: 19, animate: !calm() });
    });
    marker.addTo(this.layer);
    nameIt(marker, label);
    pressable(marker);
    for (const member of members) this.drawn.set(member.id, marker);
  }

  private select(mark: Mark): void {
    const event = new CustomEvent("map:select", { bubbles: true, cancelable: true, detail: { id: mark.id } });
    if (this.element.dispatchEvent(event) && mark.href) window.location.assign(mark.href);
  }
}

function fromRows(rows: readonly HTMLElement[]): Mark[] {
  return rows.flatMap((row, index) => {
    const spot = readPosition(row.dataset.lon, row.dataset.lat);
    if (!spot) return [];
    const link = row.matches("a") ? (row as HTMLAnchorElement) : row.querySelector<HTMLAnchorElement>("a[href]");
    return [
      {
        id: row.dataset.id ?? String(index),
        spot,
        status: row.dataset.status ?? "",
        label: row.dataset.label ?? link?.textContent?.trim() ?? "",
        href: link?.href ?? null,
        row,
        number: row.dataset.number ? Number(row.dataset.number) : null,
      },
    ];
  });
}

function fromJson(json: string | undefined): Mark[] {
  const entries = JSON.parse(json ?? "[]") as {
    lon: number;
    lat: number;
    status?: string;
    id?: string;
    label?: string;
    href?: string;
  }[];
  return entries.map((one, index) => ({
    id: one.id ?? `m${index}`,
    spot: [one.lon, one.lat],
    status: one.status ?? "",
    label: one.label ?? "",
    href: one.href ?? null,
    row: null,
    number: null,
  }));
}
