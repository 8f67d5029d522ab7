// The photo step: what the camera gave is made small, kept on the phone, and shown.

import { MOST_PHOTOS } from "../core/photos";
import type { KeptPhoto } from "../core/outbox";
import { LostPhoto, NoPhoto, taken } from "../ports/camera";
import { chosenIn, type Chosen } from "../ports/chosen";
import { pictureOf } from "../ports/store";
import type { StepContext } from "./context";

export class PhotoStep {
  private readonly said: HTMLElement;
  private readonly list: HTMLElement;

  constructor(
    private readonly context: StepContext,
    chosen: (photos: readonly Chosen[]) => void,
  ) {
    const { section } = context;
    this.said = section.querySelector<HTMLElement>("[data-photos-said]")!;
    this.list = section.querySelector<HTMLElement>("[data-previews]")!;
    for (const input of section.querySelectorAll<HTMLInputElement>("input[type=file]")) {
      input.addEventListener("change", () => {
        const photos = chosenIn(input);
        input.value = "";
        if (photos.length > 0) chosen(photos);
      });
    }
  }

  /** Takes in what was chosen; true when all of it was good, so that the next step may come at once. */
  async add(photos: readonly Chosen[]): Promise<boolean> {
    const notes: string[] = [];
    if (photos.length > 0) this.tell(this.context.say("preparing"), false);
    for (const photo of photos) {
      if (this.context.draft.item.photos.length >= MOST_PHOTOS) {
        notes.push(this.context.say("tooMany", { most: MOST_PHOTOS }));
        break;
      }
      try {
        await this.keep(photo);
      } catch (error) {
        if (error instanceof NoPhoto) notes.push(this.context.say("noPhoto", { name: photo.name }));
        else if (error instanceof LostPhoto) notes.push(this.context.say("lostPhoto", { name: photo.name }));
        else throw error;
      }
    }
    await this.show();
    const count = this.context.draft.item.photos.length;
    this.tell(notes.join(" ") || (count ? this.context.say(count === 1 ? "oneAdded" : "added", { count }) : ""), notes.length > 0);
    return notes.length === 0;
  }

  private async keep(chosen: Chosen): Promise<void> {
    const { bytes, place } = await taken(chosen);
    const { name } = chosen;
    const id = crypto.randomUUID();
    const photo = { id, name, size: bytes.byteLength, gone: this.context.say("gonePhoto", { name }) };
    const fields = { ...this.context.draft.item.fields };
    if (place && !fields.lon?.[0]) {
      if (this.context.isAround(place)) {
        fields.lon = [place[0].toFixed(6)];
        fields.lat = [place[1].toFixed(6)];
        fields.from_photo = ["1"];
      } else {
        fields.photo_far = ["1"];
      }
    }
    await this.context.draft.change({ fields, photos: [...this.context.draft.item.photos, photo] }, { keep: [{ id, bytes }] });
  }

  async show(): Promise<void> {
    this.list.querySelectorAll("img").forEach((img) => URL.revokeObjectURL(img.src));
    const previews = await Promise.all(this.context.draft.item.photos.map((photo, index) => this.preview(photo, index)));
    this.list.replaceChildren(...previews);
    this.list.hidden = previews.length === 0;
    const section = this.context.section;
    const next = section.querySelector<HTMLElement>("[data-next]");
    const skip = section.querySelector<HTMLElement>("[data-skip]");
    section.querySelector<HTMLElement>("[data-shoot]")!.hidden = previews.length >= MOST_PHOTOS;
    if (next) next.hidden = previews.length === 0;
    if (skip) skip.hidden = previews.length > 0;
    section.querySelector<HTMLElement>("[data-said]")!.hidden = this.context.draft.value("description") !== "";
  }

  private async preview(photo: KeptPhoto, index: number): Promise<HTMLElement> {
    const item = document.createElement("li");
    item.className = "kept__one";
    const picture = document.createElement("img");
    const held = this.context.draft.inHand.find(({ id }) => id === photo.id);
    picture.src = held ? URL.createObjectURL(new Blob([held.bytes])) : await pictureOf(photo);
    picture.alt = this.context.say("photo", { number: index + 1 });
    picture.addEventListener("error", () => picture.classList.add("kept__unseen"));
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button button--danger";
    remove.textContent = this.context.say("remove");
    remove.setAttribute("aria-label", `${this.context.say("remove")}: ${picture.alt}`);
    remove.addEventListener("click", () => void this.remove(photo.id));
    item.append(picture, remove);
    return item;
  }

  private async remove(id: string): Promise<void> {
    const photos = this.context.draft.item.photos.filter((photo) => photo.id !== id);
    await this.context.draft.change({ photos }, { drop: [id] });
    await this.show();
    this.context.section.querySelector<HTMLElement>("input[type=file]")?.focus();
  }

  private tell(sentence: string, wrong: boolean): void {
    this.said.textContent = sentence;
    this.said.classList.toggle("visually-hidden", !wrong);
    this.said.classList.toggle("govuk-error-message", wrong);
  }
}
