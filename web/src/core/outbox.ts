// A report on its way from this phone to the town. Nothing is ever forgotten without the citizen's word.

export type State = "draft" | "waiting" | "sending" | "sent" | "refused";

export interface KeptPhoto {
  readonly id: string;
  readonly name: string;
  /** In bytes, as it was kept. */
  readonly size: number;
  /** What is said when its bytes are gone by the time it is sent. */
  readonly gone: string;
}

export interface Item {
  /** Also the Idempotency-Key: however often it is sent, there is one report. */
  readonly id: string;
  readonly state: State;
  readonly createdAt: number;
  /** When «Αποστολή» was pressed last: the order of the queue. */
  readonly finishedAt: number;
  /** The step the citizen stands at. */
  readonly step: string;
  readonly language: string;
  /** Form fields by their names. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly photos: readonly KeptPhoto[];
  /** What a person calls it, for lists. */
  readonly title: string;
  readonly where: string;
  /** The whole report was on the wire once, so the town may have it: it must not be changed any more. */
  readonly attempted: boolean;
  /** What was put on the wire then; it goes again as it was, also after the page has changed. */
  readonly body: string;
  readonly tries: number;
  readonly retryAt: number;
  /** Until when the town asked us to stay away. */
  readonly heldUntil: number;
  readonly reference: string;
  readonly address: string;
  /** Why it was refused: sentences by field, in the server's words. */
  readonly reasons: Readonly<Record<string, readonly string[]>>;
}

export type Outcome =
  | { readonly kind: "sent"; readonly reference: string; readonly address: string }
  | { readonly kind: "refused"; readonly reasons: Readonly<Record<string, readonly string[]>> }
  | { readonly kind: "later"; readonly afterMs: number };

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 15 * 60_000;

export function begun(id: string, language: string, now: number): Item {
  return {
    id,
    state: "draft",
    createdAt: now,
    finishedAt: 0,
    step: "photo",
    language,
    fields: {},
    photos: [],
    title: "",
    where: "",
    attempted: false,
    body: "",
    tries: 0,
    retryAt: 0,
    heldUntil: 0,
    reference: "",
    address: "",
    reasons: {},
  };
}

/** The citizen pressed «Αποστολή». */
export function finished(item: Item, now: number): Item {
  return mayChange(item) ? { ...item, state: "waiting", finishedAt: now, tries: 0, retryAt: 0, reasons: {} } : item;
}

/** Whether its words may still be changed: not once the town may have it. */
export function mayChange(item: Item): boolean {
  return isOpen(item) || (item.state === "waiting" && !item.attempted);
}

/** Whether it is the citizen's turn: nothing of it goes anywhere. */
export function isOpen(item: Item): boolean {
  return item.state === "draft" || item.state === "refused";
}

/** Back to writing. */
export function reopened(item: Item): Item {
  return mayChange(item) ? { ...item, state: "draft" } : item;
}

/** The next to send: in the order they were finished in; while one must wait, those behind it wait too. */
export function next(items: readonly Item[], now: number): Item | null {
  const first = [...items].sort((a, b) => a.finishedAt - b.finishedAt).find((item) => item.state === "waiting");
  return first && first.retryAt <= now ? first : null;
}

export function sending(item: Item): Item {
  return { ...item, state: "sending" };
}

/** About to be on the wire as a whole. */
export function attempting(item: Item): Item {
  return { ...sending(item), attempted: true, body: item.body || JSON.stringify(bodyOf(item)) };
}

/** There is a network again, or the citizen asks: no more waiting than the town wants. */
export function woken(item: Item): Item {
  return item.state === "waiting" ? { ...item, retryAt: item.heldUntil } : item;
}

/** The town does not know these photos, so it does not have the report either: they go again under new names. */
export function withoutUploads(item: Item, names: Readonly<Record<string, string>>): Item {
  const photos = item.photos.map((photo) => ({ ...photo, id: names[photo.id] ?? photo.id }));
  return { ...item, photos, attempted: false, body: "" };
}

/** A browser that was killed while sending: whether the town has it is found out by sending it again. */
export function recovered(item: Item): Item {
  return item.state === "sending" ? { ...item, state: "waiting", retryAt: item.heldUntil } : item;
}

export function after(item: Item, outcome: Outcome, now: number): Item {
  switch (outcome.kind) {
    case "sent":
      return { ...item, state: "sent", reference: outcome.reference, address: outcome.address, reasons: {} };
    case "refused":
      return { ...item, state: "refused", attempted: false, body: "", reasons: outcome.reasons };
    case "later": {
      const wait = Math.min(LONGEST_WAIT_MS, Math.max(outcome.afterMs, FIRST_WAIT_MS * 2 ** item.tries));
      const heldUntil = outcome.afterMs > 0 ? now + outcome.afterMs : 0;
      return { ...item, state: "waiting", tries: item.tries + 1, retryAt: now + wait, heldUntil };
    }
  }
}

/**
 * What an answer means. Only a number is a yes, and only the town's own words are a no: a hotel's login page says 200
 * and a proxy says 403, and both mean that nobody has heard us yet.
 */
export function outcomeOf(status: number, body: Record<string, unknown>, retryAfter: string | null): Outcome {
  if (status < 300 && body.reference) {
    return { kind: "sent", reference: String(body.reference), address: String(body.tracking_url ?? "") };
  }
  const passing = status < 400 || status === 408 || status === 425 || status === 429 || status >= 500;
  if (passing || !body.title) return { kind: "later", afterMs: (Number(retryAfter) || 0) * 1000 };
  return { kind: "refused", reasons: reasonsIn(body) };
}

function reasonsIn(body: Record<string, unknown>): Record<string, string[]> {
  const errors = body.errors;
  if (errors && typeof errors === "object") {
    return Object.fromEntries(
      Object.entries(errors).map(([field, said]) => [field, Array.isArray(said) ? said.map(String) : [String(said)]]),
    );
  }
  const field = body.neighbour || String(body.type ?? "").endsWith("outside-municipality") ? "location" : "form";
  return { [field]: [String(body.detail ?? body.title ?? "")] };
}

/** The body of a report as the API takes it; the same fields always give the same bytes. */
export function bodyOf(item: Item): Record<string, unknown> {
  const value = (name: string): string => (item.fields[name]?.[0] ?? "").trim();
  const answers: Record<string, string | string[]> = {};
  const stoppers: Record<string, string> = {};
  for (const name of Object.keys(item.fields).sort()) {
    const values = (item.fields[name] ?? []).filter((value) => value.trim() !== "");
    if (name.startsWith("answers.") && values.length > 0) {
      answers[name.slice("answers.".length)] = values.length > 1 ? values : (values[0] ?? "");
    }
    if (name.startsWith("stopper.") && values.length > 0) stoppers[name.slice("stopper.".length)] = value(name);
  }
  return {
    category: value("category"),
    location: { type: "Point", coordinates: [number(value("lon")), number(value("lat"))] },
    accuracy_m: value("accuracy_m") === "" ? null : number(value("accuracy_m")),
    address: value("address"),
    description: value("description"),
    answers,
    stoppers,
    ...(value("again") ? { again: value("again") } : {}),
    ...(item.fields.things?.length ? { things: item.fields.things } : {}),
    contact: { name: value("contact_name"), email: value("contact_email"), phone: value("contact_phone") },
    uploads: item.photos.map((photo) => photo.id),
  };
}

const number = (typed: string): number => Number(typed.replace(",", ".").replace("−", "-"));
