// What the parts of a map share about Leaflet.

import type L from "leaflet";
import type { Position } from "../core/geo";

/** A zoom at which a single spot is told from the next. */
export const CLOSE_ZOOM = 17;

/** Leaflet says latitude first; everybody else here says longitude first. */
export const at = ([lon, lat]: Position): L.LatLngTuple => [lat, lon];

/** True for a reader who asked for less motion. */
export const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Leaflet gives `role=button`; a button needs a name. */
export function nameIt(marker: L.Marker, label: string): void {
  marker.getElement()?.setAttribute("aria-label", label);
}

/** Leaflet lets the keyboard reach a mark, but not press it. */
export function pressable(marker: L.Marker): void {
  marker.getElement()?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    marker.fire("click");
  });
}
