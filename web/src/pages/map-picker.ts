// Pointing at a spot: by tap, by dragging, by keyboard, by typed coordinates, or by the reader's own position.

import L from "leaflet";
import { isAround, isVague, movedBy, readBox, readPosition, rounded, roundly, type Position } from "../core/geo";
import { PICK_SVG } from "../core/marks";
import { filled, type Words } from "../core/words";
import { myPosition, PositionRefused } from "../ports/position";
import { at, calm, CLOSE_ZOOM, nameIt } from "./leaflet";

const STEP_M = 5;
const BIG_STEP_M = 50;

export class Picker {
  private marker: L.Marker | null = null;
  private circle: L.Circle | null = null;
  private writing = false;
  private readonly said: HTMLElement;

  constructor(
    private readonly element: HTMLElement,
    private readonly map: L.Map,
    private readonly fields: HTMLElement,
    private readonly words: Words,
    private readonly settled: (spot: Position) => void,
  ) {
    this.said = this.tools();
    this.guess();
    this.show();
    map.on("click", ({ latlng }) => {
      this.set([latlng.lng, latlng.lat]);
      // From far away a tap is a guess: come nearer, so that the next one is exact.
      if (map.getZoom() < CLOSE_ZOOM) map.setView(latlng, CLOSE_ZOOM);
    });
    fields.addEventListener("change", (event) => this.typed(event.target as HTMLInputElement));
    fields.addEventListener("spot", () => this.show());
    fields.addEventListener("around", () => this.guess());
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== map.getContainer()) return;
      event.preventDefault();
      const { lng, lat } = map.getCenter();
      this.set([lng, lat]);
      this.marker?.getElement()?.focus();
    });
  }

  /** Where the phone believes to be, in `data-around` of the fields: the circle shows, and no pin is set. */
  private guess(): void {
    const [lon, lat, accuracyM] = (this.fields.dataset.around ?? "").split(",").map(Number);
    if (lon !== undefined && lat !== undefined && accuracyM !== undefined) this.around([lon, lat], accuracyM);
  }

  /** What stands in the fields, with its accuracy. */
  private show(): void {
    const position = readPosition(this.field("lon")?.value, this.field("lat")?.value);
    if (!position) return;
    this.settled(position);
    const accuracyM = Number(this.field("accuracy_m")?.value) || 0;
    this.pin(position);
    this.accuracy(position, accuracyM);
    if (accuracyM < 60) this.map.setView(at(position), CLOSE_ZOOM, { animate: false });
    else this.map.fitBounds(L.latLng(at(position)).toBounds(accuracyM * 2), { maxZoom: CLOSE_ZOOM, animate: false });
  }

  private field(name: string): HTMLInputElement | null {
    return this.fields.querySelector<HTMLInputElement>(`[name="${name}"]`);
  }

  /** Coordinates written by hand, or cleared, show on the map; what we write ourselves is there already. */
  private typed(field: HTMLInputElement): void {
    if (this.writing || (field.name !== "lon" && field.name !== "lat")) return;
    const spot = readPosition(this.field("lon")?.value, this.field("lat")?.value);
    if (!spot) return;
    const accuracy = this.field("accuracy_m");
    if (accuracy) accuracy.value = "";
    this.accuracy(spot, 0);
    this.pin(spot);
    this.map.setView(at(spot), CLOSE_ZOOM, { animate: false });
  }

  private tools(): HTMLElement {
    const bar = document.createElement("div");
    bar.className = "map__tools";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${this.element.dataset.mapSprite ?? ""}#ui-pin"/></svg>`;
    button.append(this.words("here"));
    button.addEventListener("click", () => void this.here(button));
    const message = document.createElement("p");
    message.className = "map__said";
    message.setAttribute("aria-live", "polite");
    message.textContent = this.words("hint");
    bar.append(button, message);
    this.element.append(bar);
    return message;
  }

  private async here(button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    this.said.textContent = this.words("seeking");
    try {
      const { lon, lat, accuracyM } = await myPosition();
      if (!isAround(readBox(this.element.dataset.mapHome), [lon, lat])) {
        this.said.textContent = this.words("farAway");
        return;
      }
      if (!isVague(accuracyM)) this.set([lon, lat], accuracyM);
      this.around([lon, lat], accuracyM);
      this.said.textContent = filled(this.words(isVague(accuracyM) ? "vague" : "accuracy"), { metres: roundly(accuracyM) });
    } catch (error) {
      this.said.textContent = this.words(error instanceof PositionRefused ? "denied" : "notFound");
    } finally {
      button.disabled = false;
    }
  }

  /** The map as wide as the circle in which somebody stands; a pin that was set stays where it is. */
  private around(spot: Position, accuracyM: number): void {
    this.accuracy(spot, accuracyM);
    this.map.fitBounds(L.latLng(at(spot)).toBounds(Math.max(accuracyM * 2, 120)), { maxZoom: CLOSE_ZOOM, animate: !calm() });
  }

  private set(spot: Position, accuracyM: number | null = null): void {
    this.settled(spot);
    this.pin(spot);
    this.accuracy(spot, accuracyM ?? 0);
    this.write(spot, accuracyM);
    this.said.textContent = this.words("moved");
  }

  private write([lon, lat]: Position, accuracyM: number | null): void {
    const values = { lon: rounded(lon), lat: rounded(lat), accuracy_m: accuracyM === null ? "" : Math.round(accuracyM) };
    for (const [name, value] of Object.entries(values)) {
      const field = this.field(name);
      if (field) field.value = String(value);
    }
    this.writing = true;
    this.field("lon")?.dispatchEvent(new Event("change", { bubbles: true }));
    this.writing = false;
  }

  private accuracy(spot: Position, metres: number): void {
    this.circle?.remove();
    this.circle = metres
      ? L.circle(at(spot), { radius: metres, className: "map-accuracy", interactive: false }).addTo(this.map)
      : null;
  }

  private pin(spot: Position): void {
    if (this.marker) {
      this.marker.setLatLng(at(spot));
      return;
    }
    const icon = L.divIcon({ className: "pick-pin", html: PICK_SVG, iconSize: [36, 48], iconAnchor: [18, 46] });
    const label = this.words("pin");
    this.marker = L.marker(at(spot), { icon, draggable: true, autoPan: true, title: label, alt: label, zIndexOffset: 1000 });
    this.marker.addTo(this.map);
    nameIt(this.marker, label);
    this.marker.on("dragend", () => {
      const { lng, lat } = this.marker!.getLatLng();
      this.set([lng, lat]);
    });
    this.marker.getElement()?.addEventListener("keydown", (event) => this.nudge(event));
  }

  private nudge(event: KeyboardEvent): void {
    const step = event.shiftKey ? BIG_STEP_M : STEP_M;
    const moves: Record<string, readonly [number, number]> = {
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
    };
    const move = moves[event.key];
    if (!move || !this.marker) return;
    event.preventDefault();
    event.stopPropagation();
    const { lng, lat } = this.marker.getLatLng();
    const spot = movedBy([lng, lat], ...move);
    this.set(spot);
    if (!this.map.getBounds().pad(-0.15).contains(at(spot))) this.map.panTo(at(spot), { animate: false });
  }
}
