// The grid of a map's tiles: which of them lie around a spot, and what one is called whatever its version.

import { movedBy, type Position } from "./geo";

export interface Tile {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** The tile of this zoom that holds the position, in the grid of Web Mercator. */
export function tileAt([lon, lat]: Position, z: number): Tile {
  const most = 2 ** z;
  const sine = Math.sin((Math.max(-85, Math.min(85, lat)) * Math.PI) / 180);
  const within = (share: number): number => Math.max(0, Math.min(most - 1, Math.floor(share * most)));
  return { z, x: within((lon + 180) / 360), y: within(0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) };
}

/** Every tile of these zooms that lies, with a part of it, within `metres` north, south, east or west of the spot. */
export function tilesAround(spot: Position, metres: number, zooms: readonly number[]): Tile[] {
  return zooms.flatMap((z) => {
    const [first, last] = [tileAt(movedBy(spot, -metres, metres), z), tileAt(movedBy(spot, metres, -metres), z)];
    const tiles: Tile[] = [];
    for (let x = first.x; x <= last.x; x++) for (let y = first.y; y <= last.y; y++) tiles.push({ z, x, y });
    return tiles;
  });
}

/** A tile's address: its place in the grid in {z}, {x} and {y}. */
export function tileAddress(address: string, tile: Tile): string {
  return address.replace(/\{([zxy])\}/g, (_whole, axis: "z" | "x" | "y") => String(tile[axis]));
}

/** An address of a tile without its version, and that; null for what is no tile of the ground. */
export function tileName(path: string): { readonly name: string; readonly version: string } | null {
  const read = /^(\/tiles\/ground)\/(v\d+)(\/\d+\/\d+\/\d+\.mvt)$/.exec(path);
  return read ? { name: `${read[1]}${read[3]}`, version: read[2]! } : null;
}
