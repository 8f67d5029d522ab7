// How Greek words sound, whichever alphabet and spelling they came in. The same as greek_key() of migration 0002:
// both are held to web/tests/core/greek-words.json.

const SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/ξ/g, "ks"],
  [/ψ/g, "ps"],
  [/ου|ou|oy/g, "u"],
  [/[αa][υuy]/g, "av"],
  [/[εe][υuy]/g, "ev"],
  [/αι|ai/g, "e"],
  [/ει|οι|υι|ei|oi|yi/g, "i"],
  [/μπ|mp|mb|ph/g, "v"],
  [/ντ|nt|nd|dh/g, "d"],
  [/γκ|γγ|gk|gg/g, "g"],
  [/τζ|tz/g, "ts"],
  [/ch|kh/g, "x"],
  [/th/g, "q"],
  [/([a-zα-ω])8|8(?=[a-zα-ω])/g, "$1q"],
  [/([a-zα-ω])3|3(?=[a-zα-ω])/g, "$1ks"],
];
const GREEK = "αβγδεζηθικλμνοπρστυφχωbfwyhcj";
const LATIN = "avgdeziqiklmnoprstivxovvoixki";
const LETTERS = new Map([...GREEK].map((letter, place) => [letter, LATIN[place] ?? letter]));

export function greekKey(text: string): string {
  let key = text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ς", "σ");
  for (const [spelling, sound] of SOUNDS) key = key.replace(spelling, sound);
  key = [...key].map((letter) => LETTERS.get(letter) ?? letter).join("");
  return key.replace(/([a-z])\1+/g, "$1");
}

/** What was typed, and how else it may have been meant: in greeklish h is χ or η, x is χ or ξ, u is ου or υ, v is β or ν. */
export function spellings(typed: string): string[] {
  const plain = typed.toLowerCase();
  const meant = [["h", "i"], ["x", "ks"], ["u", "y"], ["v", "n"]] as const;
  const variants = [plain];
  for (const [letter, sound] of meant) variants.push(...variants.map((variant) => variant.replaceAll(letter, sound)));
  return [...new Set(variants)];
}

/** Shorter words stand in every sentence, or begin too many. */
const WHOLE = 4;

const words = (key: string): string[] => key.split(/[^a-z0-9]+/).filter(Boolean);

/** How well `text` answers to what was typed; 0 when some typed word fits nothing. Small mistakes still fit. */
export function fits(text: string, typed: string): number {
  const textWords = words(greekKey(text));
  return Math.max(
    ...spellings(typed).map((spelling) => {
      const scores = words(greekKey(spelling)).map((word) => Math.max(0, ...textWords.map((one) => alike(one, word))));
      return scores.length > 0 && scores.every((score) => score > 0) ? scores.reduce((a, b) => a + b) : 0;
    }),
  );
}

/** Whether a word that was typed is one of these, whole or begun; nothing is guessed. */
export function namesOneOf(text: string, typed: string): boolean {
  const known = words(greekKey(text));
  const said = spellings(typed).flatMap((spelling) => words(greekKey(spelling)));
  return said.some((word) => word.length >= WHOLE && known.some((one) => one.length >= WHOLE && one.startsWith(word)));
}

function alike(known: string, typed: string): number {
  if (typed.length < 2) return 0;
  if (known === typed) return 3;
  if (known.startsWith(typed)) return 2;
  const allowed = typed.length >= 8 ? 2 : typed.length >= 5 ? 1 : 0;
  if (allowed === 0 || known[0] !== typed[0]) return 0;
  // Another ending of the same word, or a letter more, less or otherwise, which in a word half typed must be a long one.
  const whole = distance(known, typed) <= allowed;
  return whole || (typed.length >= 6 && distance(known.slice(0, typed.length), typed) <= allowed) ? 1 : 0;
}

/** Letters to add, leave out or change (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_none, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
