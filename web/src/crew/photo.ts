// One big button takes the photo, in our words instead of the browser's, and what was chosen is shown at once,
// so that nobody sends the wrong one.

import { chosenIn } from "../ports/chosen";

export function photoFields(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("[data-photo]")) {
    const part = within(input);
    const take = part<HTMLElement>("[data-take]");
    if (!take) continue;
    take.hidden = false;
    input.classList.add("visually-hidden");
    input.addEventListener("change", () => void owned(input).then((file) => {
      show(file, take, part("[data-photo-name]"), part("[data-preview]"));
      // A new photo takes the place of one that came with a refused form; without it that one counts again.
      const keptPhoto = part<HTMLElement>("[data-kept]");
      if (keptPhoto) keptPhoto.hidden = file !== undefined;
    }));
  }
}

/** The chosen photo as bytes of our own in the field: until there is a signal, the tablet may have let go of the file. */
async function owned(input: HTMLInputElement): Promise<File | undefined> {
  const [photo] = chosenIn(input);
  if (!photo) return undefined;
  const bytes = await photo.bytes.catch(() => new ArrayBuffer(0));
  const whole = bytes.byteLength > 0 && bytes.byteLength === photo.size;
  input.setCustomValidity(whole ? "" : (input.dataset.lost ?? ""));
  const ours = new DataTransfer();
  if (whole) ours.items.add(new File([bytes], photo.name, { type: photo.type }));
  input.files = ours.files;
  input.reportValidity();
  return input.files[0];
}

function within(input: HTMLInputElement): <E extends Element>(selector: string) => E | null {
  return (selector) => input.closest(".field")?.querySelector(selector) ?? null;
}

function show(file: File | undefined, take: HTMLElement, name: HTMLElement | null, picture: HTMLImageElement | null): void {
  if (!picture || !name) return;
  if (picture.src) URL.revokeObjectURL(picture.src);
  picture.hidden = !file;
  name.hidden = true;
  if (!file) return;
  const words = take.querySelector("span");
  if (words) words.textContent = take.dataset.again ?? "";
  picture.src = URL.createObjectURL(file);
  // Some browsers cannot draw HEIC: its name is better than a broken picture.
  picture.onerror = () => {
    picture.hidden = true;
    name.hidden = false;
    name.textContent = file.name;
  };
}
