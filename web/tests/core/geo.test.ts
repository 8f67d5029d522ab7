import { expect, test } from "vitest";
import { isAround, metresBetween, movedBy, readBox, readPosition, type Position } from "../../src/core/geo";

const SERRES: Position = [23.5484, 41.0856];

test("an arrow key moves the pin by five metres, whichever way", () => {
  for (const [east, north] of [[5, 0], [-5, 0], [0, 5], [0, -5]] as const) {
    expect(metresBetween(SERRES, movedBy(SERRES, east, north))).toBeCloseTo(5, 1);
  }
});

test("ten steps there and ten back lead to where the pin stood, to a centimetre or two", () => {
  let spot = SERRES;
  for (let i = 0; i < 10; i++) spot = movedBy(spot, 50, 50);
  for (let i = 0; i < 10; i++) spot = movedBy(spot, -50, -50);
  expect(metresBetween(SERRES, spot)).toBeLessThan(0.2);
});

test("seven metres are told from seven kilometres", () => {
  expect(metresBetween(SERRES, movedBy(SERRES, 7, 0))).toBeCloseTo(7, 1);
  expect(metresBetween(SERRES, movedBy(SERRES, 7000, 0))).toBeCloseTo(7000, -2);
});

test("a position is read as people write it, and nonsense is none", () => {
  expect(readPosition("23,5484", "41.0856")).toEqual(SERRES);
  expect(readPosition(" 0 ", "0")).toEqual([0, 0]);
  for (const [lon, lat] of [["", ""], ["23", ""], ["NaN", "41"], ["Infinity", "41"], ["181", "0"], ["0", "91"], ["α", "1"]]) {
    expect(readPosition(lon, lat)).toBeNull();
  }
  expect(readPosition(undefined, undefined)).toBeNull();
});

test("a box needs four numbers in order", () => {
  expect(readBox("23.5,41.05,23.6,41.15")).toEqual([23.5, 41.05, 23.6, 41.15]);
  for (const bad of [undefined, "", "1,2,3", "1,2,3,x", "24,41,23,42", "23,42,24,41"]) expect(readBox(bad)).toBeNull();
});

test("what is proposed lies in the town or a few kilometres around it, and without a town it is not judged", () => {
  const town = [23.3, 40.9, 23.8, 41.3] as const;
  expect(isAround(town, SERRES)).toBe(true);
  expect(isAround(town, movedBy([23.8, 41.1], 4_000, 0))).toBe(true);
  expect(isAround(town, movedBy([23.8, 41.1], 7_000, 0))).toBe(false);
  expect(isAround(town, movedBy([23.5, 40.9], 0, -7_000))).toBe(false);
  expect(isAround(town, [13.4, 52.5])).toBe(false);
  expect(isAround(town, [41.0856, 23.5484])).toBe(false);
  expect(isAround(null, [13.4, 52.5])).toBe(true);
});
