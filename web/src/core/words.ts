// Sentences come from the server as data; here only their gaps are filled.

/** `{name}` in `sentence` replaced by what `parts` gives; unknown gaps stay. */
export function filled(sentence: string, parts: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (gap, name: string) => String(parts[name] ?? gap));
}

/** Gives a sentence by its name. */
export type Words = (name: string) => string;

/** The sentences of `data-words`; a missing one is empty, never an error. */
export function readWords(json: string | undefined): Words {
  let words: Record<string, unknown> = {};
  try {
    words = JSON.parse(json ?? "{}") as Record<string, unknown>;
  } catch {
    // A page without words is still a page.
  }
  return (name) => String(words[name] ?? "");
}
