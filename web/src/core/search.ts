// Finding Greek words however they are typed: accents, capitals and the final sigma make no difference.

export function folded(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ς", "σ");
}

/** True when every word typed begins some word of `text`. */
export function matches(text: string, typed: string): boolean {
  const known = folded(text).split(/[\s,()/·-]+/);
  return folded(typed)
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => known.some((one) => one.startsWith(word)));
}
