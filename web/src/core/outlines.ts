// Reading the outlines that /api/v1/areas?format=geojson gives. A ring is a list of [lon, lat].

import type { Position } from "./geo";

export type Ring = readonly Position[];
export type AreaKind = "municipality" | "unit" | "community" | "neighbour";

export interface Outline {
  readonly kind: AreaKind;
  readonly code: string;
  readonly name: string;
  /** Each polygon is its outer ring and its holes. */
  readonly polygons: readonly (readonly Ring[])[];
}

interface Feature {
  properties: { kind: AreaKind; code: string; name_el: string; name_en: string };
  geometry: { type: string; coordinates: unknown };
}

/** The areas of a FeatureCollection, named in the reader's language; shapes that are no polygons are left out. */
export function readOutlines(collection: { features?: readonly Feature[] }, language: string): Outline[] {
  const outlines: Outline[] = [];
  for (const { properties, geometry } of collection.features ?? []) {
    const polygons =
      geometry.type === "MultiPolygon"
        ? (geometry.coordinates as Ring[][])
        : geometry.type === "Polygon"
          ? [geometry.coordinates as Ring[]]
          : [];
    if (polygons.length === 0) continue;
    const name = (language === "en" && properties.name_en) || properties.name_el;
    outlines.push({ kind: properties.kind, code: properties.code, name, polygons });
  }
  return outlines;
}

/** Twice the signed area of a ring, in square degrees. */
function doubleArea(ring: Ring): number {
  let sum = 0;
  for (let i = 0; i < ring.length; i++) {
    const [a, b] = [ring[i], ring[(i + 1) % ring.length]];
    if (a && b) sum += a[0] * b[1] - b[0] * a[1];
  }
  return sum;
}

/** Where a name stands well: the centroid of the largest outer ring. */
export function labelSpot(outline: Outline): Position | null {
  let largest: Ring | null = null;
  for (const [outer] of outline.polygons) {
    if (outer && (largest === null || Math.abs(doubleArea(outer)) > Math.abs(doubleArea(largest)))) largest = outer;
  }
  const first = largest?.[0];
  if (!largest || !first) return null;
  const double = doubleArea(largest);
  if (double === 0) return first;
  let [x, y] = [0, 0];
  for (let i = 0; i < largest.length; i++) {
    const [a, b] = [largest[i], largest[(i + 1) % largest.length]];
    if (!a || !b) continue;
    const cross = a[0] * b[1] - b[0] * a[1];
    x += (a[0] + b[0]) * cross;
    y += (a[1] + b[1]) * cross;
  }
  return [x / (3 * double), y / (3 * double)];
}
