import { expect, test } from "vitest";
import { addressOf } from "../../src/core/addresses";
import { chosen, MOST_BYTES } from "../../src/core/photos";
import { folded, matches } from "../../src/core/search";
import { filled, readWords } from "../../src/core/words";

const file = (name: string, size = 1000) => ({ name, size, lastModified: 1 });

test("gaps are filled, unknown ones stay", () => {
  expect(filled("{count} από {all}", { count: 3 })).toBe("3 από {all}");
});

test("a page without words, or with broken ones, is still a page", () => {
  expect(readWords(undefined)("x")).toBe("");
  expect(readWords("{")("x")).toBe("");
  expect(readWords('{"x": "ναι"}')("x")).toBe("ναι");
});

test("Greek words are found however they are typed", () => {
  expect(folded("ΚΆΔΟΣ")).toBe(folded("κάδος"));
  expect(matches("Κάδος απορριμμάτων", "ΚΑΔΟΣ")).toBe(true);
  expect(matches("Φωτιστικό δρόμου λάμπα", "λαμπ δρομ")).toBe(true);
  expect(matches("Φωτιστικό δρόμου", "κάδος")).toBe(false);
  expect(matches("ό,τι", "")).toBe(true);
});

test("photos add up to five, without doubles and without what is too large", () => {
  const first = chosen([], [file("a"), file("b"), file("huge", MOST_BYTES + 1)], 5);
  expect(first.kept.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(first.tooLarge.map(({ name }) => name)).toEqual(["huge"]);
  const second = chosen(first.kept, [file("b"), file("c"), file("d"), file("e"), file("f")], 5);
  expect(second.kept.map(({ name }) => name)).toEqual(["a", "b", "c", "d", "e"]);
  expect(second.tooMany).toBe(true);
});

test("empty parts stay out of an address", () => {
  expect(addressOf("/spot", { lon: 23.5, lat: "", place: null, category: "α β" })).toBe("/spot?lon=23.5&category=%CE%B1+%CE%B2");
  expect(addressOf("/spot", {})).toBe("/spot");
  expect(addressOf("/spot?a=1", { b: 2 })).toBe("/spot?a=1&b=2");
});
