// What /api/v1/reports/clusters gives: marks that stand for one report or for many. Positions are [lon, lat].

import type { Box, Position } from "./geo";

export interface Crowd {
  readonly count: number;
  readonly open: number;
  readonly spot: Position;
  /** Where all of them lie. */
  readonly box: Box;
  /** The report's reference, when it is one. */
  readonly id: string | null;
  readonly status: string;
  readonly label: string;
}

/** A report of the reader's own: its reference, and of one that nobody else sees yet all that a mark shows. */
export interface Own {
  readonly reference: string;
  readonly lon?: number;
  readonly lat?: number;
  readonly status?: string;
  readonly label?: string;
  readonly url?: string;
}

/** The reader's own that are not among what everybody gets, as marks. */
export function waiting(own: readonly Own[]): Crowd[] {
  return own.flatMap(({ reference, lon, lat, status = "", label = "" }) =>
    lon === undefined || lat === undefined
      ? []
      : [{ count: 1, open: 1, spot: [lon, lat] as const, box: [lon, lat, lon, lat] as const, id: reference, status, label }],
  );
}

interface Feature {
  readonly bbox: Box;
  readonly geometry: { readonly coordinates: Position };
  readonly properties: {
    readonly count: number;
    readonly open: number;
    readonly reference?: string;
    readonly status?: string;
    readonly label?: string;
  };
}

export interface Collection {
  readonly count: number;
  readonly features: readonly Feature[];
}

export function readCrowds({ features }: Collection): Crowd[] {
  return features.map(({ bbox, geometry, properties }) => ({
    count: properties.count,
    open: properties.open,
    spot: geometry.coordinates,
    box: bbox,
    id: properties.reference ?? null,
    status: properties.status ?? "",
    label: properties.label ?? "",
  }));
}

/** The smallest box around all of them. */
export function around(crowds: readonly Crowd[]): Box | null {
  if (crowds.length === 0) return null;
  const side = (index: 0 | 1 | 2 | 3, pick: (...numbers: number[]) => number): number =>
    crowds.map(({ box }) => box[index]).reduce((a, b) => pick(a, b));
  return [side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)];
}

const DECIMALS = 6;

/** A box for an address, never larger than the one that is seen, so that it is seen again at the same zoom. */
export function boxText([west, south, east, north]: Box): string {
  const up = (degrees: number): number => Math.ceil(degrees * 10 ** DECIMALS) / 10 ** DECIMALS;
  const down = (degrees: number): number => Math.floor(degrees * 10 ** DECIMALS) / 10 ** DECIMALS;
  const within = (degrees: number, most: number): number => Math.max(-most, Math.min(most, degrees));
  return [up(within(west, 180)), up(within(south, 90)), down(within(east, 180)), down(within(north, 90))].join(",");
}

/** The box with a little more on each side. */
export function padded([west, south, east, north]: Box, degrees: number): Box {
  return [west - degrees, south - degrees, east + degrees, north + degrees];
}

export function holds([west, south, east, north]: Box, [lon, lat]: Position): boolean {
  return west <= lon && lon <= east && south <= lat && lat <= north;
}

/** True when no zoom will part them: they lie within a metre or two. */
export function onOneSpot([west, south, east, north]: Box): boolean {
  return east - west < 0.00003 && north - south < 0.00003;
}

/** A number that fits into a mark. */
export function shortCount(count: number): string {
  return count < 10_000 ? String(count) : `${Math.floor(count / 1000)}k`;
}
