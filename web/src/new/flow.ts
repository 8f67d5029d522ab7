// One question a page, without asking the server: the draft lives on the phone, and every step has its address.

import { begun, finished, isOpen, reopened, stepOf, type Item } from "../core/outbox";
import { filled, readWords, type Words } from "../core/words";
import { sendNow } from "../ports/sending";
import { changeItem, dropItem, itemWith, keepDraft } from "../ports/store";
import { registerWorker } from "../ports/worker";
import { checkStep } from "./check";
import { donePage } from "./done";
import { fieldsOf, fill, remembered, remember } from "./fields";
import { PhotoStep } from "./photos";
import { PlaceStep } from "./place";
import { CategoryStep, questionsOf, showQuestions } from "./category";
import { knownNear } from "./known";
import { problems, showProblems, type Problems } from "./problems";

const BACK: Record<string, string> = {
  place: "photo",
  category: "place",
  questions: "category",
  known: "category",
  words: "category",
  contact: "words",
  check: "words",
};

/** Opens the draft whose address this is, or the first step; leaves the page alone when the draft is the server's. */
export async function openFlow(root: HTMLElement): Promise<void> {
  const [, , id, step] = location.pathname.split("/");
  const whole = root.hasAttribute("data-steps");
  const item = id ? await itemWith(id) : undefined;
  if (!item && !whole) return;
  const flow = await Flow.on(root, item ?? begun(crypto.randomUUID(), document.documentElement.lang, Date.now()));
  if (item && !isOpen(item)) return flow.done();
  if (item?.state === "refused") return flow.correct(stepOf(Object.keys(item.reasons)[0] ?? "form"), item.reasons);
  // The server knows nothing of this draft and may have led elsewhere; the draft knows where its citizen stood.
  const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  await flow.show((page?.redirectCount ? item?.step : item && step) ?? "photo", false);
}

/** Begins a new draft with the photos chosen on the first page. */
export async function beginFlow(root: HTMLElement, files: readonly File[]): Promise<void> {
  const flow = await Flow.on(root, begun(crypto.randomUUID(), document.documentElement.lang, Date.now()));
  await flow.photosChosen(files);
}

/** All steps as the server wrote them, from the network or from the worker's keeping. */
async function shellOf(root: HTMLElement): Promise<HTMLElement> {
  if (root.hasAttribute("data-steps")) return root;
  const address = `${root.dataset.shell ?? "/new/shell"}?lang=${document.documentElement.lang}`;
  const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
  const shell = page.querySelector<HTMLElement>("[data-new]");
  if (!shell) throw new Error("no shell");
  return document.adoptNode(shell);
}

export class Flow {
  private photos!: PhotoStep;
  private place!: PlaceStep;
  private category!: CategoryStep;
  private writing: Promise<void> = Promise.resolve();
  private current = "";
  private showDone: (() => Promise<void>) | null = null;

  private constructor(
    readonly root: HTMLElement,
    public item: Item,
    readonly words: Words,
  ) {}

  static async on(root: HTMLElement, item: Item): Promise<Flow> {
    const shell = await shellOf(root);
    if (shell !== root) root.replaceWith(shell);
    for (const beside of document.querySelectorAll(".aside, .unsent, .foot, main [data-outbox]")) beside.remove();
    const flow = new Flow(shell, item, readWords(shell.dataset.words));
    flow.photos = new PhotoStep(flow);
    flow.place = new PlaceStep(flow);
    flow.category = new CategoryStep(flow);
    flow.listen();
    remembered(shell);
    fill(shell, item);
    return flow;
  }

  get isDone(): boolean {
    return this.current === "done";
  }

  section(step: string): HTMLElement {
    return this.root.querySelector<HTMLElement>(`[data-step="${step}"]`)!;
  }

  form(step: string): HTMLFormElement {
    return this.section(step).querySelector<HTMLFormElement>("[data-step-form]")!;
  }

  value(name: string): string {
    return this.item.fields[name]?.[0] ?? "";
  }

  /** Changes the draft and keeps it, in order; what is typed is on the disk before the next step shows. */
  change(part: Partial<Item>): Promise<void> {
    const item = { ...this.item, ...part };
    this.item = item;
    this.writing = this.writing.then(async () => {
      const kept = await keepDraft(item);
      if (kept === item || this.current === "done") return;
      // Sent off in another tab.
      this.item = kept;
      this.done();
    });
    return this.writing;
  }

  async photosChosen(files: readonly File[]): Promise<void> {
    if (this.current === "") await this.show("photo", true);
    const good = await this.photos.add(files);
    if (good) await this.show(this.value("checked") ? "check" : "place", true);
  }

  private listen(): void {
    this.root.addEventListener("submit", (event) => {
      const form = event.target as HTMLFormElement;
      const step = form.closest<HTMLElement>("[data-step]")?.dataset.step;
      event.preventDefault();
      if (!step || !form.matches("[data-step-form]")) return;
      const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
      void this.take(step, button);
    });
    this.root.addEventListener("click", (event) => {
      const link = (event.target as HTMLElement).closest<HTMLElement>("a[data-go], a[data-back]");
      if (!link) return;
      event.preventDefault();
      void this.keepTyped().then(() => this.show(link.dataset.go ?? this.before(this.current), true));
    });
    this.root.addEventListener("change", () => void this.keepTyped());
    window.addEventListener("popstate", () => {
      const step = (history.state as { step?: string } | null)?.step ?? location.pathname.split("/")[3];
      // Behind what was sent off lies the first page: nothing of it can be changed by going back.
      if (this.current === "done") location.replace("/");
      else if (step) void this.keepTyped().then(() => this.show(step, false));
      else location.reload();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.current !== "done") void this.keepTyped();
    });
  }

  /** What stands in the fields of the open step goes into the draft. */
  keepTyped(): Promise<void> {
    if (!this.current || this.current === "done") return this.writing;
    const fields = { ...this.item.fields, ...fieldsOf(this.section(this.current)) };
    return this.change({ fields, step: this.current });
  }

  private before(step: string): string {
    if ((step === "words" || step === "known") && questionsOf(this.root, this.value("category"))) return "questions";
    return BACK[step] ?? "photo";
  }

  private async take(step: string, button: HTMLButtonElement | null): Promise<void> {
    await this.keepTyped();
    const known = button?.dataset.support;
    if (known) return this.category.support(known);
    const skipped = button?.hasAttribute("data-skip") ?? false;
    const wrong = skipped ? {} : checkStep(this, step);
    if (problems(wrong)) return showProblems(this, step, wrong);
    showProblems(this, step, {});
    if (step === "contact") remember(this.form(step));
    if (step === "check") return this.send();
    await this.show(await this.following(step, button?.dataset.go), true);
  }

  /** Where «Συνέχεια» leads. */
  private async following(step: string, asked?: string): Promise<string> {
    const kind = this.value("category");
    const checked = this.value("checked") !== "";
    if (step === "category" && questionsOf(this.root, kind)) return "questions";
    if (step === "category" || step === "questions") {
      if (await knownNear(this)) return "known";
      return checked ? "check" : "words";
    }
    if (checked || step === "contact") return "check";
    if (asked) return asked;
    return { photo: "place", place: "category", known: "words", words: "contact" }[step] ?? "check";
  }

  /** Goes on from a step as if its main button had been pressed. */
  goOn(step: string): Promise<void> {
    return this.take(step, null);
  }

  async show(step: string, moved: boolean): Promise<void> {
    if (step === "questions" || step === "check") showQuestions(this);
    if (step === "check") await this.change({ fields: { ...this.item.fields, checked: ["1"] } });
    const section = this.reveal(step);
    const address = `/new/${this.item.id}/${step}`;
    if (moved) history.pushState({ step }, "", address);
    else if (step !== "done" && location.pathname !== "/") history.replaceState({ step }, "", address);
    if (step === "photo") await this.photos.show();
    if (step === "place") await this.place.show();
    if (step === "category") await this.category.show();
    if (step === "check") await this.showCheck(section);
    window.scrollTo(0, 0);
    if (moved) section.querySelector<HTMLElement>("[data-step-title]")?.focus({ preventScroll: true });
    if (moved) await this.keepTyped();
  }

  /** The one section that shows. */
  private reveal(step: string): HTMLElement {
    this.current = step;
    for (const section of this.root.querySelectorAll<HTMLElement>("[data-step]")) {
      section.hidden = section.dataset.step !== step;
    }
    const section = this.section(step);
    document.title = `${section.dataset.title ?? ""} · Καθημερινά`;
    return section;
  }

  private async showCheck(section: HTMLElement): Promise<void> {
    const { showCheck } = await import("./summary");
    await showCheck(this, section);
  }

  private async send(): Promise<void> {
    for (const step of ["place", "category", "questions", "words", "contact"]) {
      const wrong: Problems = checkStep(this, step);
      if (!problems(wrong)) continue;
      await this.show(step, true);
      return showProblems(this, step, wrong);
    }
    await this.change(finished(this.item, Date.now()));
    void navigator.storage?.persist?.();
    history.pushState({ step: "done" }, "", `/new/${this.item.id}/check`);
    this.done();
    const worker = await registerWorker();
    await (worker as unknown as { sync?: { register(tag: string): Promise<void> } } | null)?.sync
      ?.register("outbox")
      .catch(() => undefined);
    await sendNow();
  }

  /** The page after sending: it tells what becomes of the report while it is open. */
  done(): void {
    const section = this.reveal("done");
    window.scrollTo(0, 0);
    this.showDone ??= donePage(this, section);
    void this.showDone().then(() => section.querySelector<HTMLElement>("[data-step-title]")?.focus());
  }

  /** A refused report is open again at the step that was wrong. */
  async correct(step: string, reasons: Item["reasons"]): Promise<void> {
    this.item = (await changeItem(this.item.id, reopened)) ?? this.item;
    await this.show(step, true);
    showProblems(this, step, Object.fromEntries(Object.entries(reasons).map(([field, said]) => [field, said.join(" ")])));
  }

  /** The citizen says the same as a known report, so there is none to send. */
  async drop(): Promise<void> {
    this.current = "done";
    await this.writing;
    await dropItem(this.item.id);
  }

  sentence(name: string, parts: Readonly<Record<string, string | number>> = {}): string {
    return filled(this.words(name), parts);
  }
}
