// This phone's own reports: drafts, what waits, what was sent; each with its state in words.

import { mayChange, reopened, type Item } from "../core/outbox";
import { filled, readWords, type Words } from "../core/words";
import { getFragment } from "../ports/network";
import { sendAll, sendNow } from "../ports/sending";
import { allItems, changeItem, dropItem, onChange, pictureOf } from "../ports/store";

let started = false;

/** Shows the list in `place`, or one line when the page has none, and carries what waits. */
export async function showOutbox(place: HTMLElement | null): Promise<void> {
  const words = readWords(document.body.dataset.outboxWords);
  const show = async (): Promise<void> => {
    const items = await allItems().catch(() => null);
    if (!items) return place?.replaceChildren(unread(words));
    if (items.length === 0) localStorage.removeItem("outbox");
    line(items, words);
    if (!place) return;
    // A page that tells what became of a report need not say that it was sent.
    if (items.some((item) => item.reference && isUntold(item))) await ownAnew(items);
    const untold = items.filter(isUntold);
    place.replaceChildren(...(untold.length > 0 ? [await list(untold, words)] : []));
  };
  await show();
  if (!started) {
    started = true;
    onChange(() => void show());
    // A phone that lost its network for a while tries again on its own while the page is open.
    setInterval(() => void waits().then((some) => (some ? sendAll() : undefined)), 20_000);
  }
  await sendNow();
}

const isUntold = ({ reference }: Item): boolean =>
  !reference || !document.querySelector(`main a[href^="/r/${reference}"]`);

/** What the town took of this phone since the page was made. */
const asked = new Set<string>();

/** The list of the own reports as the town has it now, so that one page does not say two things. */
async function ownAnew(items: readonly Item[]): Promise<void> {
  const own = document.querySelector<HTMLElement>("[data-own]");
  const fresh = items.filter(({ reference }) => reference && !asked.has(reference));
  if (!own || fresh.length === 0) return;
  for (const { reference } of fresh) asked.add(reference);
  const page = await getFragment(location.pathname).catch(() => "");
  const now = new DOMParser().parseFromString(page, "text/html").querySelector("[data-own]");
  if (now) own.replaceWith(document.adoptNode(now));
}

async function waits(): Promise<boolean> {
  return navigator.onLine && (await allItems().catch(() => [])).some((item) => item.state === "waiting");
}

/** The phone's memory does not answer: that is said, and what is in it is not lost. */
function unread(words: Words): HTMLElement {
  const note = document.createElement("p");
  note.className = "note";
  note.setAttribute("role", "status");
  note.textContent = words("unread");
  return note;
}

/** The corner of every page that says that something is not sent yet. */
function line(items: readonly Item[], words: Words): void {
  const count = items.filter((item) => item.state === "waiting" || item.state === "sending").length;
  let note = document.querySelector<HTMLElement>("[data-outbox-line]");
  if (count === 0) return note?.remove();
  if (!note) {
    note = document.createElement("p");
    note.className = "outbox-line";
    note.dataset.outboxLine = "";
    note.setAttribute("role", "status");
    document.querySelector("header")?.after(note);
  }
  const link = document.createElement("a");
  link.href = "/mine";
  link.textContent = filled(words(count === 1 ? "oneWaits" : "wait"), { count });
  note.replaceChildren(link);
}

async function list(items: readonly Item[], words: Words): Promise<HTMLElement> {
  const section = document.createElement("section");
  section.className = "outbox";
  section.setAttribute("aria-label", words("title"));
  const title = document.createElement("h2");
  title.textContent = words("title");
  const rows = document.createElement("ul");
  for (const item of items) rows.append(await row(item, words));
  section.append(title, rows);
  return section;
}

async function row(item: Item, words: Words): Promise<HTMLElement> {
  const element = document.createElement("li");
  element.className = `outbox__one outbox__one--${item.state}`;
  element.dataset.state = item.state;
  const address = item.photos[0] ? await pictureOf(item.photos[0]) : "";
  if (address) {
    const picture = document.createElement("img");
    picture.src = address;
    picture.alt = "";
    element.append(picture);
  }
  const text = document.createElement("div");
  const what = document.createElement("p");
  what.className = "outbox__what";
  what.textContent = item.title || words("untitled");
  const state = document.createElement("p");
  state.className = "outbox__state";
  state.textContent = filled(words(item.state), { reference: item.reference });
  text.append(what, state);
  for (const reason of Object.values(item.reasons).flat()) {
    const why = document.createElement("p");
    why.className = "govuk-error-message";
    why.textContent = reason;
    text.append(why);
  }
  text.append(buttons(item, words));
  element.append(text);
  return element;
}

function buttons(item: Item, words: Words): HTMLElement {
  const bar = document.createElement("p");
  bar.className = "outbox__buttons";
  const button = (name: string, act: () => void): void => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button";
    made.textContent = words(name);
    made.addEventListener("click", act);
    bar.append(made);
  };
  const go = (step: string): void => location.assign(`/new/${item.id}/${step}`);
  if (item.state === "draft") button("goOn", () => go(item.step || "photo"));
  if (item.state === "refused") button("correct", () => go("check"));
  if (item.state === "waiting") {
    button("now", () => void sendNow());
    if (mayChange(item)) button("correct", () => void changeItem(item.id, reopened).then(() => go("check")));
  }
  if (item.state === "sent" && item.address) button("see", () => location.assign(new URL(item.address).pathname));
  if (item.state !== "sending") {
    button(item.state === "sent" ? "hide" : "drop", () => {
      if (item.state === "sent" || confirm(words("sure"))) void dropItem(item.id);
    });
  }
  return bar;
}
