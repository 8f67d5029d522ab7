// The desk without page loads: links and forms of the server's own pages are fetched, and only what changed is put
// in place. The address always says where the reader is, so reloading, going back and sharing it work as without script.

import { samePlace, withFields } from "../core/desk";
import { atTheDoor, getPage, postForm } from "../ports/network";
import { alertWith, parsed, retype } from "./forms";

type Focus = "title" | "sheet" | "row" | "none";

interface Going {
  readonly push?: boolean;
  readonly focus?: Focus;
  /** Put what is typed in the open form into the new one. */
  readonly keepTyped?: boolean;
  /** Put this into the form that opens. */
  readonly typed?: FormData;
}

/** Where a form was sent from. */
interface Sender {
  readonly report: string | null;
  readonly title: string;
  readonly address: string;
  readonly steps: number;
}

interface Page {
  readonly ok: boolean;
  readonly redirected: boolean;
  readonly ended: boolean;
  readonly text: string;
}

const LISTS = ["queues", "list"] as const;
const PARTS = [...LISTS, "pane"] as const;

export class Desk {
  private readonly path: string;
  private readonly map: HTMLElement | null;
  private shown = window.location.href;
  private index = -1;
  /** The page on its way. */
  private under: AbortController | null = null;
  /** How often the pane was filled by going somewhere. */
  private steps = 0;

  constructor(private readonly root: HTMLElement) {
    this.path = root.dataset.path ?? "/office";
    this.map = root.querySelector<HTMLElement>("[data-map]");
    document.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("submit", (event) => this.submitted(event));
    document.addEventListener("change", (event) => this.changed(event));
    window.addEventListener("popstate", () => void this.go(window.location.href, { push: false }));
    this.map?.addEventListener("map:ready", () => this.choose());
    this.map?.addEventListener("map:select", (event) => this.picked(event as CustomEvent<{ id: string }>));
    this.dress();
  }

  // -- what the keyboard asks for ------------------------------------------------------------------------------

  /** Opens the row `by` further down. When the open report has left the list, the row that took its place is next. */
  step(by: 1 | -1): void {
    const rows = this.rows();
    const current = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
    const from = current >= 0 ? current : by > 0 ? this.index - 1 : this.index;
    const next = rows[Math.min(Math.max(from + by, 0), rows.length - 1)];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    void this.go(next.href, { focus: "none" });
  }

  /** The focus goes into the open report, or to the first row. */
  open(): void {
    const title = this.part("pane").querySelector<HTMLElement>("#report-title");
    if (title) title.focus();
    else this.step(1);
  }

  /** Esc: the form first, then the report. */
  close(): void {
    const cancel = this.part("pane").querySelector<HTMLAnchorElement>("[data-cancel]");
    const back = this.part("pane").querySelector<HTMLAnchorElement>("[data-close]");
    if (cancel) void this.go(cancel.href, { focus: "title" });
    else if (back) void this.go(back.href, { focus: "row" });
  }

  /** Does what the button with this letter does; false when it is not offered now. */
  press(key: string): boolean {
    const button = this.part("pane").querySelector<HTMLElement>(`[data-key="${key}"]`);
    button?.click();
    return button !== null;
  }

  showMap(): void {
    this.map?.querySelector<HTMLElement>(".map__ground")?.focus();
  }

  // -- going -----------------------------------------------------------------------------------------------------

  /** Shows the desk at `address`: only the pane when the list stays what it is, else everything. */
  async go(address: string, { push = true, focus = "none", keepTyped = false, typed }: Going = {}): Promise<void> {
    const onlyPane = samePlace(this.shown, address);
    const page = await this.ask(address, onlyPane ? "pane" : undefined);
    if (!page) return;
    if (page.ended && keepTyped) {
      this.say(this.endedWords());
      return;
    }
    if (!page.ok || page.redirected) {
      window.location.assign(address);
      return;
    }
    const words = keepTyped ? this.typed() : null;
    if (push) history.pushState(null, "", address);
    this.shown = address;
    this.steps += 1;
    if (onlyPane) this.part("pane").innerHTML = page.text;
    else if (!this.take(page.text, PARTS, false)) window.location.assign(address);
    this.settle(focus);
    const form = this.form();
    if (form && words) retype(form, words, "words");
    if (form && typed) retype(form, typed, "all");
  }

  /** Asks for a page; null when a later question has overtaken this one, or there is no connection. */
  private async ask(address: string, part?: string): Promise<Page | null> {
    this.under?.abort();
    const mine = new AbortController();
    this.under = mine;
    this.part("pane").setAttribute("aria-busy", "true");
    try {
      const answer = await getPage(address, { signal: mine.signal, ...(part ? { part } : {}) });
      const text = await answer.text();
      const { ok, redirected } = answer;
      return this.under === mine ? { ok, redirected, text, ended: atTheDoor(answer) } : null;
    } catch {
      if (this.under === mine) this.say(this.root.dataset.lost ?? "");
      return null;
    } finally {
      if (this.under === mine) {
        this.under = null;
        this.part("pane").removeAttribute("aria-busy");
      }
    }
  }

  // -- deciding ----------------------------------------------------------------------------------------------------

  /** Sends a form. Going on does not take it back: its answer is dealt with wherever the reader is by then. */
  private async send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    const title = this.part("pane").querySelector("#report-title")?.textContent?.trim() ?? "";
    const from: Sender = { report: this.report(), title, address: this.shown, steps: this.steps };
    const fields = new FormData(form, submitter);
    this.part("pane").setAttribute("aria-busy", "true");
    try {
      const answer = await postForm(form.action, fields, window.location.href);
      const text = (await answer?.text()) ?? "";
      if (!answer) this.unsent(from, fields, this.endedWords());
      else if (this.hasGoneOn(from)) await this.answered(from, fields, answer, text);
      else this.show(answer, text);
    } catch {
      this.unsent(from, fields, this.root.dataset.lost ?? "");
    } finally {
      delete form.dataset.busy;
      if (!this.under) this.part("pane").removeAttribute("aria-busy");
    }
  }

  /** The answer takes the place of what was sent. */
  private show(answer: Response, text: string): void {
    this.remember();
    const sameList = !answer.redirected || samePlace(this.shown, answer.url);
    if (!this.take(text, PARTS, sameList)) {
      if (answer.redirected) window.location.assign(answer.url);
      else this.say(this.root.dataset.failed ?? "");
      return;
    }
    if (answer.redirected) {
      this.shown = answer.url;
      history.pushState(null, "", answer.url);
    }
    this.settle(answer.ok ? "title" : "none");
    this.part("pane").querySelector<HTMLElement>("[data-refusal]")?.focus();
  }

  private hasGoneOn(from: Sender): boolean {
    if (this.under || this.report() !== from.report) return true;
    return this.steps !== from.steps && this.form() !== null;
  }

  /** The answer to a form that the reader has left: what they look at now stays, but they hear of a refusal. */
  private async answered(from: Sender, fields: FormData, answer: Response, text: string): Promise<void> {
    if (!answer.ok) {
      const refusal = parsed(text).querySelector("[data-desk] [data-refusal] :is(h2, h3)")?.textContent;
      if (refusal) this.note(from, refusal, () => this.reopen(from, text));
      else this.unsent(from, fields, this.root.dataset.failed ?? "");
    }
    await this.refresh();
    // Another form of the same report is open: it must know the version that this one has made.
    if (answer.ok && !this.under && this.report() === from.report) {
      await this.go(this.shown, { push: false, keepTyped: true });
    }
  }

  /** A form that did not reach the server, or found the door shut. */
  private unsent(from: Sender, fields: FormData, words: string | Node): void {
    if (this.hasGoneOn(from)) this.note(from, words, () => void this.go(from.address, { typed: fields }));
    else this.say(words);
  }

  /** Says something about a report that is not open any more, with the way back to it; it stays until it is used. */
  private note(from: Sender, words: string | Node, open: () => void): void {
    const link = document.createElement("a");
    link.href = from.address;
    link.textContent = `${from.title} ${from.report ?? ""}`.trim();
    const sentence = typeof words !== "string" || /[.!]$/.test(words);
    const note = alertWith(words, sentence ? " " : ": ", link);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      note.remove();
      open();
    });
    this.part("pane").before(note);
  }

  /** The refused form as the server gave it back, with everything typed in it. */
  private reopen(from: Sender, text: string): void {
    this.under?.abort();
    this.under = null;
    this.part("pane").removeAttribute("aria-busy");
    history.pushState(null, "", from.address);
    const sameList = samePlace(this.shown, from.address);
    this.shown = from.address;
    this.steps += 1;
    this.take(text, sameList ? ["pane"] : PARTS, sameList);
    this.settle("none");
    this.part("pane").querySelector<HTMLElement>("[data-refusal]")?.focus();
  }

  /** Brings the list and the queues up to date, and nothing else. */
  private async refresh(): Promise<void> {
    const requested = this.shown;
    const answer = await getPage(requested).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => "") : "";
    if (!text || !samePlace(requested, this.shown)) return;
    const hadFocus = this.part("list").contains(document.activeElement);
    this.remember();
    this.take(text, LISTS, true);
    this.mark();
    this.dress();
    this.choose();
    if (hadFocus) this.focus("row");
  }

  /** Takes parts of a whole page; false when it is no desk. The same list keeps where it was scrolled to. */
  private take(text: string, parts: readonly (typeof PARTS)[number][], sameList: boolean): boolean {
    const page = parsed(text);
    if (!page.querySelector("[data-desk]")) return false;
    const before = this.part("list").scrollTop;
    for (const id of parts) this.part(id).replaceChildren(...(page.getElementById(id)?.childNodes ?? []));
    this.part("list").scrollTop = sameList ? before : 0;
    if (parts !== LISTS) document.title = page.title;
    return true;
  }

  private settle(focus: Focus): void {
    this.mark();
    this.part("pane").scrollTop = 0;
    this.dress();
    this.choose();
    this.focus(focus);
  }

  /** The open report stands out in the list. */
  private mark(): void {
    this.remember();
    const report = this.report();
    this.root.classList.toggle("desk--chosen", report !== null);
    for (const row of this.rows()) {
      if (row.closest<HTMLElement>("[data-id]")?.dataset.id === report) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  private focus(where: Focus): void {
    const pane = this.part("pane");
    const field = "[data-sheet] [data-form] :is([type=radio]:checked, input:not([type=hidden], [type=radio], [type=checkbox]), textarea, select)";
    if (where === "title") pane.querySelector<HTMLElement>("#report-title")?.focus({ preventScroll: true });
    if (where === "sheet") (pane.querySelector<HTMLElement>(field) ?? pane).focus({ preventScroll: true });
    if (where === "row") (this.rows()[this.index] ?? this.part("list")).focus();
  }

  // -- what the reader does ----------------------------------------------------------------------------------------

  private clicked(event: MouseEvent): void {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !plain || event.defaultPrevented || link.pathname !== this.path || !this.root.contains(link)) return;
    event.preventDefault();
    const byKeyboard = event.detail === 0;
    const focus = link.matches("[data-do]") ? (link.matches("[data-cancel]") ? "title" : "sheet") : "title";
    const isRow = link.closest("[data-rows]") !== null;
    void this.go(link.href, { focus: link.matches("[data-close]") ? "row" : isRow && !byKeyboard ? "none" : focus });
  }

  private submitted(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    if (form.matches("[data-form]") && this.root.contains(form)) {
      event.preventDefault();
      void this.send(form, event.submitter);
    } else if (form.matches("[data-filters], [data-search], [data-rerank]")) {
      event.preventDefault();
      void this.go(withFields(form.action, new FormData(form)), { keepTyped: form.matches("[data-rerank]") });
    }
  }

  private changed(event: Event): void {
    const form = (event.target as Element).closest<HTMLFormElement>("[data-filters], [data-rerank]");
    form?.requestSubmit();
  }

  private picked(event: CustomEvent<{ id: string }>): void {
    const row = this.rows().find((one) => one.closest<HTMLElement>("[data-id]")?.dataset.id === event.detail.id);
    if (!row) return;
    event.preventDefault();
    row.scrollIntoView({ block: "nearest" });
    void this.go(row.href, { focus: "title" });
  }

  // -- small parts -------------------------------------------------------------------------------------------------

  private part(id: (typeof PARTS)[number]): HTMLElement {
    return this.root.querySelector<HTMLElement>(`#${id}`) ?? this.root;
  }

  private rows(): HTMLAnchorElement[] {
    return [...this.part("list").querySelectorAll<HTMLAnchorElement>("[data-rows] a")];
  }

  private report(): string | null {
    return this.part("pane").querySelector<HTMLElement>("[data-report]")?.dataset.report ?? null;
  }

  private remember(): void {
    const current = this.rows().findIndex((row) => row.getAttribute("aria-current") === "true");
    if (current >= 0) this.index = current;
  }

  /** Buttons that only serve without script step back. */
  private dress(): void {
    for (const button of this.root.querySelectorAll<HTMLElement>("[data-filters-go], [data-rerank-go]")) {
      button.hidden = true;
    }
  }

  /** The map shows the list, and the open report larger; one that is not in the list comes along. */
  private choose(): void {
    if (!this.map) return;
    const article = this.part("pane").querySelector<HTMLElement>("[data-report]");
    const { report = null, lon, lat, status, label } = article?.dataset ?? {};
    const listed = this.rows().some((row) => row.closest<HTMLElement>("[data-id]")?.dataset.id === report);
    const guest = report && !listed ? [{ id: report, lon: Number(lon), lat: Number(lat), status, label }] : [];
    this.map.dataset.mapMarks = JSON.stringify(guest);
    this.map.dispatchEvent(new CustomEvent("map:resize"));
    this.map.dispatchEvent(new CustomEvent("map:refresh"));
    this.map.dispatchEvent(new CustomEvent("map:choose", { detail: { id: report } }));
  }

  private say(words: string | Node): void {
    this.part("pane").querySelector(".said--error")?.remove();
    this.part("pane").prepend(alertWith(words));
  }

  private endedWords(): Node {
    return document.querySelector<HTMLTemplateElement>("template[data-ended]")?.content.cloneNode(true) ?? new Text();
  }

  private form(): HTMLFormElement | null {
    return this.part("pane").querySelector<HTMLFormElement>("[data-sheet] [data-form]");
  }

  private typed(): FormData | null {
    const form = this.form();
    return form ? new FormData(form) : null;
  }
}
