import { describe, expect, it } from "vitest";
import {
  after,
  attempting,
  begun,
  bodyOf,
  finished,
  isOpen,
  mayChange,
  next,
  outcomeOf,
  recovered,
  reopened,
  sending,
  withoutUploads,
  woken,
  type Item,
  type State,
} from "../../src/core/outbox";

const NOON = 1_700_000_000_000;
const draft = (id = "a", createdAt = NOON): Item => begun(id, "el", createdAt);
const waiting = (id = "a", createdAt = NOON): Item => finished(draft(id, createdAt), createdAt);
const sent = { kind: "sent", reference: "104-557-812", address: "http://town/r/104-557-812/key" } as const;
const refused = { kind: "refused", reasons: { location: ["Έξω από τον Δήμο."] } } as const;
const later = { kind: "later", afterMs: 0 } as const;

/** An item in each state, as it comes to be in it. */
const IN: Record<State, Item> = {
  draft: draft(),
  waiting: waiting(),
  sending: sending(waiting()),
  sent: after(sending(waiting()), sent, NOON),
  refused: after(sending(waiting()), refused, NOON),
};

describe("a report on its way", () => {
  it("is a draft, waits, is sent, and has its number", () => {
    expect(Object.values(IN).map(({ state }) => state)).toEqual(Object.keys(IN));
    expect(IN.sent).toMatchObject({ reference: sent.reference, address: sent.address });
  });

  it("keeps one id all the way, so that the town makes one report of it", () => {
    expect(new Set(Object.values(IN).map(({ id }) => id))).toEqual(new Set(["a"]));
  });

  it("keeps words and photos in every state", () => {
    const full: Item = { ...draft(), fields: { description: ["σπασμένο"] }, photos: [{ id: "p", name: "a.jpg", size: 1, gone: "" }] };
    const road = [finished(full, NOON), sending(finished(full, NOON)), after(sending(full), sent, NOON), after(full, refused, NOON)];
    for (const item of road) expect(item).toMatchObject({ fields: full.fields, photos: full.photos });
  });

  it("is written on only while the town cannot have it", () => {
    const open = (item: Item): boolean => mayChange(item);
    expect(Object.fromEntries(Object.entries(IN).map(([state, item]) => [state, open(item)]))).toEqual({
      draft: true,
      waiting: true,
      sending: false,
      sent: false,
      refused: true,
    });
    expect(open(attempting(waiting()))).toBe(false);
  });

  it("is the citizen's to write on only before it is finished, and after a refusal", () => {
    expect(Object.values(IN).filter(isOpen).map(({ state }) => state)).toEqual(["draft", "refused"]);
  });

  it("goes back to writing only then", () => {
    const back = Object.fromEntries(Object.entries(IN).map(([state, item]) => [state, reopened(item).state]));
    expect(back).toEqual({ draft: "draft", waiting: "draft", sending: "sending", sent: "sent", refused: "draft" });
    expect(reopened(recovered(attempting(waiting()))).state).toBe("waiting");
  });

  it("is not finished a second time once the town may have it", () => {
    const twice = Object.fromEntries(Object.entries(IN).map(([state, item]) => [state, finished(item, NOON).state]));
    expect(twice).toEqual({ draft: "waiting", waiting: "waiting", sending: "sending", sent: "sent", refused: "waiting" });
  });

  it("that was refused says why until it is sent again", () => {
    expect(IN.refused.reasons).toEqual(refused.reasons);
    expect(reopened(IN.refused).reasons).toEqual(refused.reasons);
    expect(finished(reopened(IN.refused), NOON).reasons).toEqual({});
  });
});

describe("a browser that was killed", () => {
  it("while sending finds out by sending again", () => {
    expect(recovered(IN.sending)).toMatchObject({ state: "waiting", retryAt: 0 });
    expect(recovered(attempting(waiting())).attempted).toBe(true);
  });

  it("at any other moment finds everything as it was", () => {
    for (const state of ["draft", "waiting", "sent", "refused"] as const) expect(recovered(IN[state])).toEqual(IN[state]);
  });
});

describe("the queue", () => {
  it("goes in the order in which the reports were finished", () => {
    const first = finished(draft("begun later", NOON + 5), NOON + 10);
    const second = finished(draft("begun first", NOON), NOON + 20);
    expect(next([second, first], NOON + 30)?.id).toBe("begun later");
    expect(next([second], NOON + 30)?.id).toBe("begun first");
  });

  it("stops behind a report that must wait, and goes on when its time has come", () => {
    const tried = after(sending(waiting("a")), later, NOON);
    const behind = waiting("b", NOON + 1);
    expect(next([tried, behind], NOON)).toBeNull();
    expect(next([tried, behind], tried.retryAt)?.id).toBe("a");
  });

  it("goes past drafts, what was sent and what was refused", () => {
    const items = [draft("a"), { ...IN.refused, id: "b" }, { ...IN.sent, id: "c" }, waiting("d", NOON + 9)];
    expect(next(items, NOON)?.id).toBe("d");
    expect(next(items.slice(0, 3), NOON)).toBeNull();
  });

  it("waits longer after every failure, but never longer than a quarter of an hour", () => {
    let item = waiting();
    const waits = Array.from({ length: 12 }, () => {
      item = after(sending(item), later, NOON);
      return (item.retryAt - NOON) / 1000;
    });
    expect(waits.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(Math.max(...waits)).toBe(900);
  });

  it("waits as long as the town asks", () => {
    expect(after(sending(waiting()), { kind: "later", afterMs: 60_000 }, NOON).retryAt).toBe(NOON + 60_000);
  });

  it("goes at once when there is a network again, but not before the town wants it", () => {
    expect(woken(after(sending(waiting()), later, NOON)).retryAt).toBe(0);
    expect(woken(after(sending(waiting()), { kind: "later", afterMs: 60_000 }, NOON)).retryAt).toBe(NOON + 60_000);
    for (const state of ["draft", "sending", "sent", "refused"] as const) expect(woken(IN[state])).toEqual(IN[state]);
  });

  it("begins to count anew when the citizen sends again", () => {
    const tried = after(sending(waiting()), later, NOON);
    expect(finished(tried, NOON)).toMatchObject({ tries: 0, retryAt: 0 });
  });
});

describe("an answer of the town", () => {
  const yes = { reference: "104-557-812", tracking_url: "http://town/r/104-557-812/key" };
  const no = (title: string, more: object = {}): Record<string, unknown> => ({ title, status: 422, detail: title, ...more });

  it("with a number means sent", () => {
    expect(outcomeOf(201, yes, null)).toEqual(sent);
    expect(outcomeOf(200, yes, null)).toEqual(sent);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])("with %i means later", (status) => {
    expect(outcomeOf(status, no("Αργότερα"), null)).toEqual({ kind: "later", afterMs: 0 });
  });

  it("says in seconds when to come again", () => {
    expect(outcomeOf(429, no("Αργότερα"), "30")).toEqual({ kind: "later", afterMs: 30_000 });
    expect(outcomeOf(503, no("Αργότερα"), "Wed, 21 Oct 2026 07:28:00 GMT")).toEqual({ kind: "later", afterMs: 0 });
  });

  it("that refuses names the field and says it in the town's words", () => {
    const body = no("Λάθος", { errors: { description: ["Πολύ μεγάλο."], "contact.email": "Λάθος e-mail." } });
    expect(outcomeOf(422, body, null)).toEqual({
      kind: "refused",
      reasons: { description: ["Πολύ μεγάλο."], "contact.email": ["Λάθος e-mail."] },
    });
    const outside = no("Έξω από τον Δήμο.", { type: "https://town/errors/outside-municipality" });
    expect(outcomeOf(422, outside, null)).toEqual({ kind: "refused", reasons: { location: ["Έξω από τον Δήμο."] } });
    expect(outcomeOf(409, no("Ήρθε άλλο"), null)).toEqual({ kind: "refused", reasons: { form: ["Ήρθε άλλο"] } });
  });

  it("that is not the town's at all changes nothing: a hotel's login page, a proxy's error", () => {
    for (const status of [200, 201, 302, 400, 403, 404, 413, 451]) {
      expect(outcomeOf(status, {}, null)).toEqual({ kind: "later", afterMs: 0 });
    }
  });
});

describe("what goes to the town", () => {
  const item: Item = {
    ...draft(),
    fields: {
      lon: ["23,5484"],
      lat: ["41.0856"],
      accuracy_m: ["12"],
      address: [" Μεραρχίας 12 "],
      category: ["bench"],
      description: ["Έσπασε"],
      "answers.slats": ["2"],
      "answers.damage": ["back", "seat"],
      "answers.none": [""],
      "stopper.fire": ["no"],
      contact_email: ["eleni@example.gr"],
      remember: ["1"],
    },
    photos: [{ id: "p-1", name: "a.jpg", size: 3, gone: "" }],
  };

  it("is the report as the API takes it", () => {
    expect(bodyOf(item)).toEqual({
      category: "bench",
      location: { type: "Point", coordinates: [23.5484, 41.0856] },
      accuracy_m: 12,
      address: "Μεραρχίας 12",
      description: "Έσπασε",
      answers: { damage: ["back", "seat"], slats: "2" },
      stoppers: { fire: "no" },
      contact: { name: "", email: "eleni@example.gr", phone: "" },
      uploads: ["p-1"],
    });
  });

  it("is the same to the last byte however often it goes", () => {
    const other: Item = { ...item, fields: Object.fromEntries(Object.entries(item.fields).reverse()) };
    expect(JSON.stringify(bodyOf(other))).toBe(JSON.stringify(bodyOf(item)));
    const once = after(attempting(finished(item, NOON)), later, NOON);
    expect(attempting({ ...once, fields: {} }).body).toBe(once.body);
  });

  it("is made anew after a refusal, and when the town does not know its photos", () => {
    expect(after(attempting(finished(item, NOON)), refused, NOON)).toMatchObject({ body: "", attempted: false });
    const anew = withoutUploads(attempting(finished(item, NOON)), { "p-1": "p-2" });
    expect(anew).toMatchObject({ body: "", attempted: false, photos: [{ id: "p-2", name: "a.jpg" }] });
    expect(withoutUploads(anew, {}).photos).toEqual(anew.photos);
  });
});
