// Which of the chosen files go with the report. Sizes in bytes.

export const MOST_PHOTOS = 5;
export const MOST_BYTES = 20 * 1024 * 1024;

export interface Candidate {
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
}

export interface Chosen<T extends Candidate> {
  readonly kept: readonly T[];
  readonly tooLarge: readonly T[];
  readonly tooMany: boolean;
}

/** Files already chosen and those just added, without doubles, without what is too large, and no more than fit. */
export function chosen<T extends Candidate>(before: readonly T[], added: readonly T[], room: number): Chosen<T> {
  const tooLarge = added.filter((file) => file.size > MOST_BYTES);
  const all = [...before];
  for (const file of added) if (!tooLarge.includes(file) && !all.some((known) => same(known, file))) all.push(file);
  return { kept: all.slice(0, room), tooLarge, tooMany: all.length > room };
}

function same(a: Candidate, b: Candidate): boolean {
  return a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
}
