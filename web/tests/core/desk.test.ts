import { describe, expect, it } from "vitest";
import { samePlace, withFields } from "../../src/core/desk";

describe("the place in the list", () => {
  it("stays while reports and their forms are opened", () => {
    expect(samePlace("/office", "/office?queue=received&report=000-000-097")).toBe(true);
    expect(samePlace("/office?q=a&queue=all", "/office?queue=all&q=a&report=1&do=dispatch&trade=x")).toBe(true);
    expect(samePlace("/office?queue=received&category=", "/office")).toBe(true);
  });

  it("changes with the queue, the filters and the page", () => {
    for (const other of ["queue=accepted", "category=bench", "area=9054", "q=φως", "after=abc"]) {
      expect(samePlace("/office", `/office?${other}`)).toBe(false);
    }
  });
});

describe("a form's address", () => {
  it("says only what is filled in", () => {
    const fields = new FormData();
    fields.set("queue", "received");
    fields.set("category", "");
    expect(withFields("http://town.invalid/office?old=1", fields)).toBe("http://town.invalid/office?queue=received");
  });
});
