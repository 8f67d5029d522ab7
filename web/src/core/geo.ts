// Plane and sphere in one small room: enough for moving a pin and naming a shape. Positions are [lon, lat] in WGS84.

export type Position = readonly [lon: number, lat: number];
export type Box = readonly [west: number, south: number, east: number, north: number];

const METRES_PER_DEGREE = 111_195;

/** The position `east` and `north` metres away; good to a per mille within a town. */
export function movedBy([lon, lat]: Position, east: number, north: number): Position {
  const perLon = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  return [rounded(lon + east / perLon), rounded(lat + north / METRES_PER_DEGREE)];
}

/** Metres between two positions, as the crow flies. */
export function metresBetween(a: Position, b: Position): number {
  const rad = Math.PI / 180;
  const dLat = (b[1] - a[1]) * rad;
  const dLon = (b[0] - a[0]) * rad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a[1] * rad) * Math.cos(b[1] * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Seven decimals are a centimetre. */
export function rounded(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7;
}

/** A position from what stands in two fields; null unless both are numbers on earth. */
export function readPosition(lon: string | undefined, lat: string | undefined): Position | null {
  const [x, y] = [number(lon), number(lat)];
  if (x === null || y === null || Math.abs(x) > 180 || Math.abs(y) > 90) return null;
  return [x, y];
}

function number(text: string | undefined): number | null {
  const cleaned = (text ?? "").trim().replace(",", ".");
  if (cleaned === "") return null;
  const value = Number(cleaned);
  return Number.isFinite(value) ? value : null;
}

/** "w,s,e,n" as a box; null for anything else. */
export function readBox(text: string | undefined): Box | null {
  const parts = (text ?? "").split(",").map(Number);
  const [west, south, east, north] = parts;
  if (parts.length !== 4 || !parts.every(Number.isFinite)) return null;
  if (west === undefined || south === undefined || east === undefined || north === undefined) return null;
  return west <= east && south <= north ? [west, south, east, north] : null;
}

/** What is known no better than this is a guess and no place, in metres. */
const VAGUE_M = 100;

export const isVague = (accuracyM: number): boolean => accuracyM > VAGUE_M;

/** Metres as people say them: 2,487 are 2,500. */
export function roundly(metres: number): number {
  const step = metres >= 1000 ? 100 : metres >= 100 ? 50 : 5;
  return Math.max(step, Math.round(metres / step) * step);
}

/** Beyond this a place that photo or satellites propose has nothing to do with the town. */
const SURROUNDINGS_M = 5_000;

/** Whether a position lies in a town's box or around it; without a box every position does. */
export function isAround(box: Box | null, [lon, lat]: Position): boolean {
  if (!box) return true;
  const [west, south, east, north] = box;
  const up = SURROUNDINGS_M / METRES_PER_DEGREE;
  const aside = up / Math.cos((south * Math.PI) / 180);
  return lon >= west - aside && lon <= east + aside && lat >= south - up && lat <= north + up;
}
