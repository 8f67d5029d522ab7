import { expect, test } from "vitest";
import { addressOf } from "../../src/core/addresses";
import { looksLikePhoto } from "../../src/core/photos";
import { filled, readWords } from "../../src/core/words";

test("gaps are filled, unknown ones stay", () => {
  expect(filled("{count} από {all}", { count: 3 })).toBe("3 από {all}");
});

test("a page without words, or with broken ones, is still a page", () => {
  expect(readWords(undefined)("x")).toBe("");
  expect(readWords("{")("x")).toBe("");
  expect(readWords('{"x": "ναι"}')("x")).toBe("ναι");
});

test("a photo is known by its first bytes, not by its name", () => {
  const begins = (text: string): boolean => looksLikePhoto(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
  for (const text of ["\xff\xd8\xff\xe1", "\x89PNG\r\n\x1a\n", "RIFF\0\0\0\0WEBPVP8 ", "\0\0\0\x18ftypheic\0"]) {
    expect(begins(text)).toBe(true);
  }
  for (const text of ["", "<html>", "%PDF-1.7", "\0\0\0\x18ftypisom\0"]) expect(begins(text)).toBe(false);
});

test("empty parts stay out of an address", () => {
  expect(addressOf("/spot", { lon: 23.5, lat: "", place: null, category: "α β" })).toBe("/spot?lon=23.5&category=%CE%B1+%CE%B2");
  expect(addressOf("/spot", {})).toBe("/spot");
  expect(addressOf("/spot?a=1", { b: 2 })).toBe("/spot?a=1&b=2");
});
