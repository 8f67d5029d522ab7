import { expect, test } from "vitest";
import { around, boxText, holds, onOneSpot, padded, readCrowds, shortCount, type Collection } from "../../src/core/crowds";
import { readBox } from "../../src/core/geo";
import { crowdSvg } from "../../src/core/marks";

const TOLD: Collection = {
  count: 8,
  features: [
    { bbox: [23.5, 41, 23.6, 41.1], geometry: { coordinates: [23.55, 41.05] }, properties: { count: 7, open: 3 } },
    {
      bbox: [23.4, 41.2, 23.4, 41.2],
      geometry: { coordinates: [23.4, 41.2] },
      properties: { count: 1, open: 1, reference: "100-200-300", status: "received", label: "Παγκάκι, Υποβλήθηκε" },
    },
  ],
};

test("a mark of one knows which report it is, a mark of many does not", () => {
  const [many, one] = readCrowds(TOLD);
  expect(many).toMatchObject({ count: 7, open: 3, id: null, label: "" });
  expect(one).toMatchObject({ count: 1, id: "100-200-300", status: "received", label: "Παγκάκι, Υποβλήθηκε" });
});

test("the box around all marks holds each of them", () => {
  const box = around(readCrowds(TOLD));
  expect(box).toEqual([23.4, 41, 23.6, 41.2]);
  expect(around([])).toBeNull();
});

test("a box in an address is never larger than what is seen, and lies on earth", () => {
  expect(boxText([23.51234567, 41.01234561, 23.61234567, 41.11234569])).toBe("23.512346,41.012346,23.612345,41.112345");
  expect(boxText([-200, -95, 200, 95])).toBe("-180,-90,180,90");
  expect(readBox(boxText([23.5, 41, 23.6, 41.1]))).toEqual([23.5, 41, 23.6, 41.1]);
});

test("those within a metre are on one spot, those of a street are not", () => {
  expect(onOneSpot([23.5, 41, 23.50001, 41.00001])).toBe(true);
  expect(onOneSpot([23.5, 41, 23.501, 41])).toBe(false);
  expect(holds(padded([23.5, 41, 23.5, 41], 0.00001), [23.500001, 41])).toBe(true);
  expect(holds([23.5, 41, 23.6, 41.1], [23.7, 41])).toBe(false);
});

test("a number fits into its mark, and the ring shows what is open", () => {
  expect([7, 999, 9999, 10_000, 123_456].map(shortCount)).toEqual(["7", "999", "9999", "10k", "123k"]);
  expect(crowdSvg("12", 0.25)).toContain('stroke-dasharray="25 75"');
  expect(crowdSvg("12", 0)).not.toContain("mark-pin__ring");
});
