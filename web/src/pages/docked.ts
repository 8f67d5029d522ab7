// The list as a sheet at the foot of a phone's map: a peek, half the screen or all of it, by a button that is also pulled.

const HEIGHTS = ["peek", "half", "full"] as const;
type Height = (typeof HEIGHTS)[number];

/** A finger that moves less than this has tapped. */
const SLIP_PX = 8;

export class Docked {
  /** Where the finger went down, how high the sheet was, and whether it has moved since. */
  private pull: { readonly y: number; readonly height: number; moved: boolean } | null = null;
  private pulled = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly button: HTMLElement,
    private readonly list: HTMLElement,
  ) {
    button.addEventListener("click", ({ detail }) => {
      if (detail === 0 || !this.pulled) this.open(HEIGHTS[(this.at() + 1) % HEIGHTS.length]!);
    });
    button.addEventListener("pointerdown", (event) => this.take(event));
    button.addEventListener("pointermove", (event) => this.move(event));
    button.addEventListener("pointerup", (event) => this.leave(event));
    button.addEventListener("pointercancel", () => this.drop());
    // A mouse would take along the link that the sheet has pushed under it.
    button.parentElement!.addEventListener("dragstart", (event) => this.pull && event.preventDefault());
    button.parentElement!.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || this.at() === 0) return;
      this.open("peek");
      button.focus();
    });
  }

  open(height: Height): void {
    this.root.dataset.docked = height;
    this.button.setAttribute("aria-expanded", String(height !== "peek"));
    if (height === "peek") this.list.scrollTop = 0;
  }

  /** The button says how many there are. */
  count(said: Element | null): void {
    this.button.querySelector("[data-pull-count]")!.replaceChildren(...(said?.cloneNode(true).childNodes ?? []));
  }

  private at(): number {
    return HEIGHTS.indexOf(this.root.dataset.docked as Height);
  }

  private take({ clientY, pointerId }: PointerEvent): void {
    this.pulled = false;
    this.pull = { y: clientY, height: this.button.parentElement!.offsetHeight, moved: false };
    this.button.setPointerCapture(pointerId);
  }

  private move({ clientY }: PointerEvent): void {
    if (!this.pull) return;
    const up = this.pull.y - clientY;
    this.pull.moved ||= Math.abs(up) > SLIP_PX;
    if (this.pull.moved) this.root.style.setProperty("--pulled", `${this.pull.height + up}px`);
  }

  /** To the next height on the way, or as far as it was pulled. */
  private leave({ clientY }: PointerEvent): void {
    const { pull } = this;
    this.drop();
    if (!pull?.moved) return;
    this.pulled = true;
    const up = pull.y - clientY;
    const share = (pull.height + up) / this.root.offsetHeight;
    const next = up > 0 ? (share > 0.75 ? 2 : this.at() + 1) : share < 0.3 ? 0 : this.at() - 1;
    this.open(HEIGHTS[Math.max(0, Math.min(next, 2))]!);
  }

  private drop(): void {
    this.pull = null;
    this.root.style.removeProperty("--pulled");
  }
}
