// What was chosen in a field for photos, read in the same moment: phones let go of it as soon as anything is waited for.

export interface Chosen {
  readonly name: string;
  readonly type: string;
  /** As the phone says it; what could be read may be less. */
  readonly size: number;
  readonly bytes: Promise<ArrayBuffer>;
}

export function chosenIn(input: HTMLInputElement): Chosen[] {
  return [...(input.files ?? [])].map((file) => {
    const bytes = file.arrayBuffer();
    bytes.catch(() => undefined); // whoever needs it hears of it
    return { name: file.name, type: file.type, size: file.size, bytes };
  });
}
