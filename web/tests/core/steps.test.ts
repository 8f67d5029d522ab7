import { describe, expect, it } from "vitest";
import { isWrong, Steps, type Fields, type Table } from "../../src/core/steps";
import told from "./steps.json";

// The same cases as tests/pages/test_steps.py walks without script; the table in it is the one the server sends.
interface Case {
  readonly told: string;
  readonly step: string;
  readonly fields: Fields;
  readonly to?: string;
  readonly near?: boolean;
  readonly skip?: boolean;
  readonly at: string;
  readonly wrong?: Readonly<Record<string, string>>;
}

const steps = new Steps(told.table as unknown as Table);
const cases = told.cases as unknown as Case[];

/** A step's button pressed: where it leads, and what is wrong. */
function pressed({ step, fields: typed, to, near, skip }: Case): { at: string; wrong: object } {
  const fields = skip ? steps.without(step, typed) : typed;
  if (step === "check") {
    const first = steps.firstWrong(fields);
    return { at: first?.step ?? "sent", wrong: first?.problems ?? {} };
  }
  const wrong = steps.wrongAt(step, fields);
  return { at: isWrong(wrong) ? step : steps.after(step, fields, { to, near }), wrong };
}

describe("a step's button", () => {
  it.each(cases.map((one) => [one.told, one] as const))("%s", (_told, one) => {
    const { at, wrong } = pressed(one);

    expect({ at, wrong }).toEqual({ at: one.at, wrong: one.wrong ?? {} });
  });
});

describe("«Πίσω»", () => {
  it.each(told.back)("from $step to $at", ({ step, fields, at }) => {
    expect(steps.before(step, fields as unknown as Fields)).toBe(at);
  });
});

describe("what is wrong with a field", () => {
  it.each(told.errors)("$field is put right at $at", ({ field, at }) => {
    expect(steps.stepOf(field)).toBe(at);
  });
});
