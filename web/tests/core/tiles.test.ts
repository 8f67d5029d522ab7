import { describe, expect, it } from "vitest";
import { tileAddress, tileAt, tileName, tilesAround } from "../../src/core/tiles";

const SERRES = [23.5484, 41.0856] as const;

describe("the grid of tiles", () => {
  it("has Serres where everybody else has it", () => {
    expect(tileAt(SERRES, 0)).toEqual({ z: 0, x: 0, y: 0 });
    expect(tileAt(SERRES, 14)).toEqual({ z: 14, x: 9263, y: 6137 });
  });

  it("ends at the edge of the world", () => {
    expect(tileAt([180, -90], 3)).toEqual({ z: 3, x: 7, y: 7 });
    expect(tileAt([-180, 90], 3)).toEqual({ z: 3, x: 0, y: 0 });
  });

  it("keeps little around a spot, and all of it", () => {
    const kept = tilesAround(SERRES, 300, [12, 13, 14, 15, 16]);
    expect(kept.length).toBeLessThan(30);
    expect(kept).toContainEqual(tileAt(SERRES, 16));
    expect(kept).toContainEqual(tileAt([SERRES[0] + 0.0035, SERRES[1]], 16));
  });

  it("fills an address", () => {
    expect(tileAddress("/tiles/ground/v7/{z}/{x}/{y}.mvt", { z: 1, x: 2, y: 3 })).toBe("/tiles/ground/v7/1/2/3.mvt");
  });

  it("knows a tile whatever its version", () => {
    expect(tileName("/tiles/ground/v7/1/2/3.mvt")).toEqual({ name: "/tiles/ground/1/2/3.mvt", version: "v7" });
    expect(tileName("/tiles/reports/v7/1/2/3.mvt")).toBeNull();
    expect(tileName("/reports")).toBeNull();
  });
});
