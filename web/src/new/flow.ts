// One question a page, without asking the server: the draft lives on the phone, and every step has its address.

import { isAround, readBox } from "../core/geo";
import { begun, finished, isOpen, type Item } from "../core/outbox";
import { isWrong, Steps, type Problems, type Table } from "../core/steps";
import { filled, readWords } from "../core/words";
import { sendNow } from "../ports/sending";
import type { Chosen } from "../ports/chosen";
import { itemWith, requireMemory } from "../ports/store";
import { registerWorker } from "../ports/worker";
import { CategoryStep } from "./category";
import type { Sentences, StepContext } from "./context";
import { donePage } from "./done";
import { Draft, THE_TOWNS } from "./draft";
import { fieldsOf, fill, remembered, remember, whileTyping } from "./fields";
import { KnownStep } from "./known";
import { PhotoStep } from "./photos";
import { PlaceStep } from "./place";
import { showNote, showProblems } from "./problems";
import { QuestionsStep } from "./questions";
import { forgetTyped } from "./typed";

const AGAIN_MS = 3_000;

/** Opens the draft whose address this is, or the first step; false where the draft is the town's, and the page its own. */
export async function openFlow(root: HTMLElement): Promise<boolean> {
  const [, , id, step] = location.pathname.split("/");
  const isShell = root.hasAttribute("data-steps");
  const item = id && sessionStorage.getItem(THE_TOWNS) !== id ? await itemWith(id).catch(() => undefined) : undefined;
  if (!item && !isShell) return false;
  const flow = await Flow.on(root, item ?? begun(crypto.randomUUID(), document.documentElement.lang, Date.now()));
  if (item && !isOpen(item)) flow.done();
  else if (item?.state === "refused") await flow.correct(item.reasons);
  else await flow.open(item, step);
  return true;
}

/** Begins a new draft with the photos chosen on the first page; false, and nothing done, where the phone keeps nothing. */
export async function beginFlow(root: HTMLElement, photos: readonly Chosen[]): Promise<boolean> {
  if (!(await requireMemory().then(() => true, () => false))) return false;
  const form = root.querySelector<HTMLFormElement>("[data-step-form]")!;
  const fields = { ...(JSON.parse(root.dataset.again ?? "{}") as Item["fields"]), ...fieldsOf(root) };
  forgetTyped(form);
  const flow = await Flow.on(root, { ...begun(crypto.randomUUID(), document.documentElement.lang, Date.now()), fields });
  await flow.photosChosen(photos);
  return true;
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

class Flow {
  private readonly draft: Draft;
  private readonly steps: Steps;
  private readonly say: Sentences;
  private readonly isAround: StepContext["isAround"];
  private readonly photos: PhotoStep;
  private readonly place: PlaceStep;
  private readonly category: CategoryStep;
  private readonly questions: QuestionsStep;
  private readonly known: KnownStep;
  private current = "";
  private adding: Promise<unknown> = Promise.resolve();
  private showDone: (() => Promise<void>) | null = null;

  private constructor(
    private readonly root: HTMLElement,
    item: Item,
  ) {
    const words = readWords(root.dataset.words);
    const { spot = "", places = "", names = "", known = "", suggestions = "" } = root.dataset;
    this.say = (name, parts = {}) => filled(words(name), parts);
    const town = readBox(root.querySelector<HTMLElement>("[data-map-home]")?.dataset.mapHome);
    this.isAround = (position) => isAround(town, position);
    this.steps = new Steps(JSON.parse(root.dataset.table ?? "{}") as Table);
    this.draft = new Draft(item, () => this.done(), () => void this.leaveToTown());
    this.photos = new PhotoStep(this.context("photo"), (photos) => void this.photosChosen(photos));
    this.place = new PlaceStep(this.context("place"), { spot, places, names });
    this.category = new CategoryStep(this.context("category"), suggestions, () => void this.take("category", null));
    this.questions = new QuestionsStep(this.context("questions"), this.steps, questionsIn(root));
    this.known = new KnownStep(this.context("known"), known);
  }

  static async on(root: HTMLElement, item: Item): Promise<Flow> {
    const shell = await shellOf(root);
    if (shell !== root) root.replaceWith(shell);
    for (const beside of document.querySelectorAll(".photograph, .aside, .unsent, .foot, main [data-outbox]")) beside.remove();
    const flow = new Flow(shell, item);
    flow.listen();
    remembered(shell);
    fill(shell, item.fields);
    return flow;
  }

  private context(step: string): StepContext {
    return { section: this.section(step), draft: this.draft, say: this.say, isAround: this.isAround };
  }

  private section(step: string): HTMLElement {
    return this.root.querySelector<HTMLElement>(`[data-step="${step}"]`)!;
  }

  /** The step of the address. The server knows nothing of this draft and may have led elsewhere; the draft knows better. */
  async open(item: Item | undefined, step: string | undefined): Promise<void> {
    const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    await this.show((page?.redirectCount ? item?.step : item && step) ?? "photo", false);
  }

  async photosChosen(photos: readonly Chosen[]): Promise<void> {
    if (this.current === "") await this.show("photo", true);
    const adding = this.photos.add(photos);
    this.adding = adding;
    await this.hear();
    if (await adding) await this.show(this.steps.after("photo", this.draft.fields), true);
  }

  /** What was said on the first step are the report's words. */
  private async hear(): Promise<void> {
    const said = this.draft.value("said").trim();
    if (!said) return;
    await this.draft.write({ description: [said], said: [] });
    // Else the field would say it once more, over words that were corrected since.
    fill(this.section("photo"), this.draft.fields);
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
      void this.keepTyped().then(() => this.show(link.dataset.go ?? this.steps.before(this.current, this.draft.fields), true));
    });
    this.root.addEventListener("change", () => void this.keepTyped());
    whileTyping(this.root, () => void this.keepTyped());
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

  /** The phone keeps nothing more: the town does, as soon as there is a network. */
  private async leaveToTown(): Promise<void> {
    const step = this.current || "photo";
    await this.adding;
    for (;;) {
      showNote(this.section(step), this.say(navigator.onLine ? "noMemory" : "noMemoryNoSignal"));
      try {
        const { handOver } = await import("./handover");
        return await handOver({ ...this.draft.item, step }, this.steps, this.draft.inHand);
      } catch {
        await new Promise((again) => setTimeout(again, AGAIN_MS));
      }
    }
  }

  /** What stands in the fields of the open step goes into the draft. */
  private keepTyped(): Promise<void> {
    if (!this.current || this.current === "done") return this.draft.change();
    const fields = { ...this.draft.fields, ...fieldsOf(this.section(this.current)) };
    return this.draft.change({ fields, step: this.current });
  }

  /** A step's button was pressed: on to the next, or what is wrong is said. */
  private async take(step: string, button: HTMLButtonElement | null): Promise<void> {
    await this.keepTyped();
    if (this.draft.isLeft) return;
    const reference = button?.dataset.support;
    if (reference) return this.support(reference);
    if (step === "photo") await this.hear();
    const passedOver = button?.hasAttribute("data-skip") ?? false;
    if (passedOver) await this.passOver(step);
    const wrong = this.wrongAt(step);
    this.showProblems(step, wrong);
    if (isWrong(wrong)) return;
    if (step === "contact" && !passedOver) remember(this.section(step).querySelector<HTMLFormElement>("[data-step-form]")!);
    if (step === "check") return this.send();
    await this.show(await this.following(step, button?.dataset.go), true);
  }

  /** What stands at a step that its citizen passes over does not go with the report. */
  private async passOver(step: string): Promise<void> {
    await this.draft.change({ fields: this.steps.without(step, this.draft.fields) });
    fill(this.section(step), this.draft.fields);
  }

  private wrongAt(step: string): Problems {
    return { ...this.steps.wrongAt(step, this.draft.fields), ...(step === "place" ? this.place.wrong() : {}) };
  }

  private showProblems(step: string, wrong: Problems): void {
    showProblems(this.section(step), this.say, wrong);
  }

  /** The next step; what is known nearby is asked for only when it would be shown. */
  private async following(step: string, to?: string): Promise<string> {
    const { fields } = this.draft;
    const next = this.steps.after(step, fields, { to, near: true });
    if (next === "category") await this.category.prepare();
    return next === "known" && !(await this.known.isNear()) ? this.steps.after(step, fields, { to }) : next;
  }

  private async support(reference: string): Promise<void> {
    if (!(await this.known.support(reference))) return this.show("words", true);
    location.assign(`/follow?reference=${encodeURIComponent(reference)}`);
  }

  async show(step: string, moved: boolean): Promise<void> {
    if (this.draft.isLeft) return;
    if (step === "questions" || step === "check") this.questions.show();
    if (step === "check") await this.draft.write({ checked: ["1"] });
    const section = this.reveal(step);
    fill(section, this.draft.fields);
    const address = `/new/${this.draft.item.id}/${step}`;
    if (moved) history.pushState({ step }, "", address);
    else if (step !== "done" && location.pathname !== "/") history.replaceState({ step }, "", address);
    window.scrollTo(0, 0);
    // Before anything is asked of the town: on a slow line its citizen writes already, and must not lose the field.
    if (moved) section.querySelector<HTMLElement>("[data-step-title]")?.focus({ preventScroll: true });
    if (step === "photo") await this.photos.show();
    if (step === "place") await this.place.show();
    if (step === "category") await this.category.show();
    if (step === "check") await this.showSummary();
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

  private async showSummary(): Promise<void> {
    const { showSummary } = await import("./summary");
    const title = this.category.chosenName();
    await showSummary(this.context("check"), title, this.section("questions"));
    await this.draft.change({ title });
  }

  private async send(): Promise<void> {
    const first = this.steps.firstWrong(this.draft.fields);
    if (first) {
      await this.show(first.step, true);
      return this.showProblems(first.step, first.problems);
    }
    await this.draft.change(finished(this.draft.item, Date.now()));
    void navigator.storage?.persist?.();
    history.pushState({ step: "done" }, "", `/new/${this.draft.item.id}/check`);
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
    this.draft.leave();
    window.scrollTo(0, 0);
    this.showDone ??= donePage(this.context("done"), () => this.current === "done", (reasons) => this.correct(reasons));
    void this.showDone().then(() => section.querySelector<HTMLElement>("[data-step-title]")?.focus());
  }

  /** A refused report is open again at the step that was wrong. */
  async correct(reasons: Item["reasons"]): Promise<void> {
    await this.draft.reopen();
    const step = this.steps.stepOf(Object.keys(reasons)[0] ?? "form");
    await this.show(step, true);
    this.showProblems(step, Object.fromEntries(Object.entries(reasons).map(([field, sentences]) => [field, sentences.join(" ")])));
  }
}

/** What each category asks, as the server wrote it. */
function questionsIn(root: HTMLElement): Map<string, DocumentFragment> {
  const templates = root.querySelectorAll<HTMLTemplateElement>("template[data-questions]");
  return new Map([...templates].map((template) => [template.dataset.questions ?? "", template.content]));
}
