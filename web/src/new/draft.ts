// The report being written: what stands in it, and that it is on the phone's disk before anybody goes on.

import { reopened, type Item } from "../core/outbox";
import type { Fields } from "../core/steps";
import { changeItem, dropItem, keepDraft } from "../ports/store";

export class Draft {
  private writing: Promise<void> = Promise.resolve();
  private left = false;

  /** `sentElsewhere` is told when another tab of this phone has sent it off. */
  constructor(
    private current: Item,
    private readonly sentElsewhere: () => void,
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
  change(part: Partial<Item> = {}): Promise<void> {
    if (this.left || Object.keys(part).length === 0) return this.writing;
    const item = { ...this.current, ...part };
    this.current = item;
    this.writing = this.writing.then(async () => {
      const stored = await keepDraft(item);
      if (stored === item || this.left) return;
      this.current = stored;
      this.sentElsewhere();
    });
    return this.writing;
  }

  write(fields: Fields): Promise<void> {
    return this.change({ fields: { ...this.current.fields, ...fields } });
  }

  /** Whether it has been sent off or dropped: there is nothing to write on. */
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
