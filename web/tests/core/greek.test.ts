import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fits, greekKey, namesOneOf, spellings } from "../../src/core/greek";
import table from "./greek-words.json";

interface Kind {
  readonly code: string;
  readonly name_el: string;
  readonly name_en: string;
  readonly keywords: readonly string[];
}

const demo = JSON.parse(readFileSync("demo/categories.json", "utf8")) as { categories: Kind[] };

/** The tiles that answer, the best first; as the page asks it. */
function found(typed: string): string[] {
  return demo.categories
    .map((kind) => ({ kind, score: fits(`${kind.name_el} ${kind.name_en} ${kind.keywords.join(" ")}`, typed) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ kind }) => kind.code);
}

describe("the key of how Greek sounds", () => {
  for (const [key, words] of Object.entries(table)) {
    it(`is ${key} for ${words.join(", ")}`, () => {
      expect(words.map(greekKey)).toEqual(words.map(() => key));
    });
  }

  it("leaves numbers of poles and houses alone", () => {
    expect(greekKey("Φ-1838")).toBe("v-1838");
    expect(greekKey("Μεραρχίας 38")).toBe("merarxias 38");
  });

  it("of nothing is nothing", () => {
    expect(greekKey("")).toBe("");
  });
});

describe("a search for what is broken", () => {
  it.each([
    ["λακκούβα", "pothole"],
    ["ΛΑΚΟΥΒΑ", "pothole"],
    ["lakkouva", "pothole"],
    ["lakouba", "pothole"],
    ["λακουβα δρομος", "pothole"],
    ["pothole", "pothole"],
    ["pagaki", "bench"],
    ["παγκακη σπασμενο", "bench"],
    ["kados", "bin"],
    ["lampa", "street-light"],
    ["fos", "street-light"],
    ["lamba kameni", "street-light"],
    ["dentro", "tree"],
    ["hortα", "grass"],
    ["horta", "grass"],
    ["xorta", "grass"],
    ["vrish", "fountain"],
    ["vrysh", "fountain"],
    ["sxolio", "school"],
    ["sholeio", "school"],
    ["xehilizi", "bin"],
    ["grafiti", "graffiti"],
    ["skoupidia", "dumping"],
    ["freatio", "drain"],
    ["kagelo", "fence"],
    ["kounia", "playground"],
    ["dev8ro", "tree"],
    ["3yl", "bench"],
    ["8amnos", "grass"],
    ["manhole", "drain"],
    ["garbage", "bin"],
    ["street lamp", "street-light"],
    ["fallen tree", "tree"],
  ])("finds for «%s» %s", (typed, code) => {
    expect(found(typed).slice(0, 3)).toContain(code);
  });

  it.each([
    ["λακκούβς", "pothole"],
    ["λακκοβα", "pothole"],
    ["πεζοδρμιο", "sidewalk"],
    ["φωτστικό", "street-light"],
    ["σιντριβανμ", "fountain"],
    ["εγκατελειμενο", "abandoned-car"],
  ])("forgives a slip of the thumb: «%s»", (typed, code) => {
    expect(found(typed).slice(0, 3)).toContain(code);
  });

  it.each([
    ["λακ", "pothole"],
    ["φω", "street-light"],
    ["παγ", "bench"],
  ])("answers while it is being typed: «%s»", (typed, code) => {
    expect(found(typed)).toContain(code);
  });

  it("finds nothing for what is nowhere, and for nothing", () => {
    expect(found("ελικόπτερο")).toEqual([]);
    expect(found("zzyxx")).toEqual([]);
    expect(found("  ")).toEqual([]);
  });

  it("does not bend short words", () => {
    expect(fits("Κάδος", "κάπ")).toBe(0);
  });

  it("wants every word typed", () => {
    expect(found("λακκούβα ελικόπτερο")).toEqual([]);
  });

  it("puts the whole word before its beginning, and its beginning before a slip", () => {
    expect(fits("κάδος", "kados")).toBeGreaterThan(fits("κάδος", "kad"));
    expect(fits("κάδος", "kad")).toBeGreaterThan(fits("κάδος", "kaddis"));
  });
});

it("a letter of greeklish is tried in each of its meanings", () => {
  expect(spellings("hxu")).toEqual(expect.arrayContaining(["hxu", "ixu", "hksu", "hxy"]));
});

describe("a word that nobody uses for anything of ours", () => {
  it.each(["xyzzy", "qwer", "ζζζζ", "wifi"])("finds nothing for %s", (typed) => {
    expect(found(typed)).toEqual([]);
  });

  it.each([
    ["κουνούπια", "insects"],
    ["kounoupia", "insects"],
    ["σκύλος", "animals"],
    ["παράνομο παρκάρισμα", "parking"],
    ["θόρυβος", "noise"],
    ["noise", "noise"],
  ])("says whom to call for %s", (typed, code) => {
    const { referrals } = JSON.parse(readFileSync("demo/categories.json", "utf8")) as { referrals: Kind[] };
    expect(referrals.filter(({ keywords }) => namesOneOf(keywords.join(" "), typed)).map((one) => one.code)).toEqual([code]);
  });

  it.each(["λακκούβα", "παγκάκι", "σπασμένη λάμπα στον δρόμο", "ΚΑΔΟΣ γεμάτος"])("sends nobody elsewhere for %s", (typed) => {
    const { referrals } = JSON.parse(readFileSync("demo/categories.json", "utf8")) as { referrals: Kind[] };
    expect(referrals.filter(({ keywords }) => namesOneOf(keywords.join(" "), typed))).toEqual([]);
  });
});
