import { expect, test } from "vitest";
import { clustered } from "../../src/core/clusters";
import { standing } from "../../src/core/labels";
import { markSvg, SHAPES } from "../../src/core/marks";

test("marks that would touch become one, the others stay alone, in their order", () => {
  const spots = [{ x: 0, y: 0 }, { x: 500, y: 0 }, { x: 10, y: 5 }, { x: -29, y: 0 }, { x: 31, y: 31 }];
  expect(clustered(spots, 30)).toEqual([[0, 2, 3], [1], [4]]);
});

test("every mark is in exactly one group, also across the borders of cells and below zero", () => {
  const spots = Array.from({ length: 400 }, (_none, i) => ({ x: ((i * 7919) % 613) - 300, y: ((i * 104729) % 547) - 270 }));
  const groups = clustered(spots, 24);
  expect(groups.flat().sort((a, b) => a - b)).toEqual(spots.map((_spot, i) => i));
  const firsts = groups.map((group) => spots[group[0]!]!);
  const gaps = firsts.flatMap((a, i) => firsts.slice(i + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y)));
  expect(Math.min(...gaps)).toBeGreaterThan(24);
});

test("of two names that overlap the first stays", () => {
  const label = (x: number, y: number) => ({ x, y, width: 40, height: 12 });
  expect(standing([label(0, 0), label(20, 0), label(60, 0), label(0, 20)])).toEqual([true, false, true, true]);
});

test("each state has a shape of its own", () => {
  const states = ["received", "accepted", "scheduled", "in_progress", "resolved", "closed", "rejected", "forwarded", "question", "merged"];
  expect(new Set(states.map((state) => SHAPES[state])).size).toBe(states.length);
  expect(SHAPES["received"]).toBeDefined();
  for (const state of states) expect(markSvg(state, "/static/icons.svg")).toContain(`#status-${state}"`);
});

test("an unknown state still gives a mark, without an icon", () => {
  expect(markSvg("", "/static/icons.svg")).not.toContain("<use");
});
