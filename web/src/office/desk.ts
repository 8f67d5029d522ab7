// The desk without page loads: links and forms of the server's own pages are fetched, and only what changed is put
// in place. The address always says where the reader is, so reloading, going back and sharing it work as without script.

import { samePlace, withFields } from "../core/desk";

type Focus = "title" | "sheet" | "row" | "none";

interface Going {
  readonly push?: boolean;
  readonly focus?: Focus;
  /** Put what is typed in the open form into the new one. */
  readonly keepTyped?: boolean;
}

const PARTS = ["queues", "list", "pane"] as const;

export class Desk {
  private readonly path: string;
  private readonly map: HTMLElement | null;
  private shown = window.location.href;
  private index = -1;
  private under: AbortController | null = null;

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
    const here = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
    const from = here >= 0 ? here : by > 0 ? this.index - 1 : this.index;
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
  async go(address: string, { push = true, focus = "none", keepTyped = false }: Going = {}): Promise<void> {
    const onlyPane = samePlace(this.shown, address);
    const answer = await this.ask(address, onlyPane ? { headers: { "X-Part": "pane" } } : {});
    if (!answer) return;
    if (!answer.ok || answer.redirected) {
      window.location.assign(address);
      return;
    }
    const text = await answer.text();
    const typed = keepTyped ? this.typed() : null;
    if (push) history.pushState(null, "", address);
    this.shown = address;
    if (onlyPane) this.part("pane").innerHTML = text;
    else if (!this.swap(text, false)) window.location.assign(address);
    this.settle(focus);
    if (typed) this.retype(typed);
  }

  /** Asks the server; null when a later question has overtaken this one, or there is no connection. */
  private async ask(address: string, options: RequestInit): Promise<Response | null> {
    this.under?.abort();
    const mine = new AbortController();
    this.under = mine;
    this.part("pane").setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { ...options, signal: mine.signal, credentials: "same-origin" });
      return this.under === mine ? answer : null;
    } catch {
      if (!mine.signal.aborted) this.say(this.root.dataset.lost ?? "");
      return null;
    } finally {
      if (this.under === mine) this.part("pane").removeAttribute("aria-busy");
    }
  }

  private async send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    const answer = await this.ask(form.action, { method: "POST", body: new FormData(form, submitter) });
    delete form.dataset.busy;
    if (!answer) return;
    this.remember();
    const sameList = !answer.redirected || samePlace(this.shown, answer.url);
    if (!this.swap(await answer.text(), sameList)) {
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

  /** Takes the parts of a whole page; false when it is no desk. The same list keeps where it was scrolled to. */
  private swap(text: string, sameList: boolean): boolean {
    const page = new DOMParser().parseFromString(text, "text/html");
    if (!page.querySelector("[data-desk]")) return false;
    const before = this.part("list").scrollTop;
    for (const id of PARTS) this.part(id).replaceChildren(...(page.getElementById(id)?.childNodes ?? []));
    this.part("list").scrollTop = sameList ? before : 0;
    document.title = page.title;
    return true;
  }

  private settle(focus: Focus): void {
    this.remember();
    const report = this.report();
    this.root.classList.toggle("desk--chosen", report !== null);
    for (const row of this.rows()) {
      if (row.closest<HTMLElement>("[data-id]")?.dataset.id === report) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    this.part("pane").scrollTop = 0;
    this.dress();
    this.choose();
    this.focus(focus);
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
    const here = this.rows().findIndex((row) => row.getAttribute("aria-current") === "true");
    if (here >= 0) this.index = here;
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

  private say(words: string): void {
    const said = document.createElement("div");
    said.className = "said said--error";
    said.setAttribute("role", "alert");
    said.append(Object.assign(document.createElement("p"), { textContent: words }));
    this.part("pane").querySelector(".said--error")?.remove();
    this.part("pane").prepend(said);
  }

  private typed(): FormData | null {
    const form = this.part("pane").querySelector<HTMLFormElement>("[data-sheet] [data-form]");
    return form ? new FormData(form) : null;
  }

  private retype(typed: FormData): void {
    const kept = ["words", "internal", "instructions", "planned_day"];
    for (const name of kept) {
      const field = this.part("pane").querySelector<HTMLInputElement>(`[data-sheet] [data-form] [name="${name}"]`);
      const value = typed.get(name);
      if (field && typeof value === "string" && value) field.value = value;
    }
  }
}
