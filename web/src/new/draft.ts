// The report being written: what stands in it, and that it is on the phone's disk before anybody goes on.

import { reopened, type Item } from "../core/outbox";
import type { Fields } from "../core/steps";
import { changeItem, dropItem, keepDraft, type PhotoBytes, type Photos } from "../ports/store";

/** In this tab's memory: the draft that was given to the town. What the phone still has of it is older. */
export const THE_TOWNS = "draft-of-the-town";

export class Draft {
  private writing: Promise<void> = Promise.resolve();
  private left = false;
  /** Photos that are in no memory but this page's, once the phone keeps nothing more. */
  private held: PhotoBytes[] | null = null;

  /** `sentElsewhere` is told when another tab of this phone has sent it off, `unkept` when the phone keeps nothing. */
  constructor(
    private current: Item,
    private readonly sentElsewhere: () => void,
    private readonly unkept: () => void,
  ) {}

  get item(): Item {
    return this.current;
  }

  get fields(): Fields {
    return this.current.fields;
  }

  value(name: string): string {
    return this.current.fields[name]?.[0] ?? "";
  }

  /** Changes the draft and keeps it, in order; with nothing to change it only waits until all is kept. */
  change(part: Partial<Item> = {}, photos: Photos = {}): Promise<void> {
    if ((this.left && !this.held) || Object.keys(part).length === 0) return this.writing;
    const item = { ...this.current, ...part };
    this.current = item;
    this.writing = this.writing.then(() => this.keep(item, photos));
    return this.writing;
  }

  private async keep(item: Item, photos: Photos): Promise<void> {
    if (this.held) return void this.held.push(...(photos.keep ?? []));
    try {
      const stored = await keepDraft(item, photos);
      if (stored === item || this.left) return;
      this.current = stored;
      this.sentElsewhere();
    } catch {
      if (this.left) return;
      this.left = true;
      this.held = [...(photos.keep ?? [])];
      this.unkept();
    }
  }

  write(fields: Fields): Promise<void> {
    return this.change({ fields: { ...this.current.fields, ...fields } });
  }

  get inHand(): readonly PhotoBytes[] {
    return this.held ?? [];
  }

  /** Whether it has been sent off, dropped, or is on its way to the town: there is nothing to write on. */
  get isLeft(): boolean {
    return this.left;
  }

  /** From here on the outbox has it, and what it says of it is only looked at. */
  leave(): void {
    this.left = true;
  }

  seen(item: Item): void {
    this.current = item;
  }

  /** A refused report is open again. */
  async reopen(): Promise<void> {
    this.current = (await changeItem(this.current.id, reopened)) ?? this.current;
    this.left = false;
  }

  async drop(): Promise<void> {
    this.leave();
    await this.writing;
    await dropItem(this.current.id);
  }
}
