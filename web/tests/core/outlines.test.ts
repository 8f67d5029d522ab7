import { expect, test } from "vitest";
import { labelSpot, readOutlines } from "../../src/core/outlines";

const square = (x: number, y: number, size: number): [number, number][] => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y + size],
  [x, y],
];

const feature = (type: string, coordinates: unknown) => ({
  properties: { kind: "unit" as const, code: "905401", name_el: "Σέρρες", name_en: "Serres" },
  geometry: { type, coordinates },
});

test("polygons and multipolygons are read, points are left out", () => {
  const found = readOutlines(
    { features: [feature("Polygon", [square(0, 0, 2)]), feature("MultiPolygon", [[square(0, 0, 1)]]), feature("Point", [0, 0])] },
    "el",
  );
  expect(found.map(({ polygons }) => polygons.length)).toEqual([1, 1]);
  expect(found[0]?.name).toBe("Σέρρες");
});

test("names come in the reader's language", () => {
  expect(readOutlines({ features: [feature("Polygon", [square(0, 0, 1)])] }, "en")[0]?.name).toBe("Serres");
});

test("a name stands in the middle of the largest part", () => {
  const [outline] = readOutlines({ features: [feature("MultiPolygon", [[square(50, 50, 1)], [square(0, 0, 4)]])] }, "el");
  expect(labelSpot(outline!)).toEqual([2, 2]);
});

test("an empty collection is no error", () => {
  expect(readOutlines({}, "el")).toEqual([]);
});
