// The citizen's form, made quick: previews, the category's questions, what is known about the spot.

import { addressOf } from "../core/addresses";
import { chosen, MOST_PHOTOS } from "../core/photos";
import { matches } from "../core/search";
import { filled, readWords, type Words } from "../core/words";
import { getFragment } from "../ports/network";

export function enhanceReport(form: HTMLFormElement): void {
  const words = readWords(form.dataset.words);
  photos(form, words);
  questions(form);
  spot(form);
  seek(form, words);
  sending(form, words);
}

function photos(form: HTMLFormElement, words: Words): void {
  const input = form.querySelector<HTMLInputElement>("#f-photo");
  const list = form.querySelector<HTMLElement>("[data-previews]");
  const said = form.querySelector<HTMLElement>("[data-photos-said]");
  if (!input || !list || !said) return;
  let files: File[] = [];
  const kept = (): number =>
    form.querySelectorAll("[name=kept_photo]").length - form.querySelectorAll("[name=remove_photo]:checked").length;

  const keep = (next: readonly File[]): void => {
    files = [...next];
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input.files = transfer.files;
    list.querySelectorAll("img").forEach((img) => URL.revokeObjectURL(img.src));
    list.replaceChildren(...files.map((file, index) => preview(file, index)));
    list.hidden = files.length === 0;
  };

  const preview = (file: File, index: number): HTMLElement => {
    const item = document.createElement("li");
    item.className = "kept__one";
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(file);
    picture.alt = filled(words("photo"), { number: index + 1 });
    // A HEIC that this browser cannot show is still a good photo.
    picture.addEventListener("error", () => picture.classList.add("kept__unseen"));
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button button--danger";
    remove.textContent = words("remove");
    remove.setAttribute("aria-label", `${words("remove")}: ${picture.alt}`);
    remove.addEventListener("click", () => {
      keep(files.filter((one) => one !== file));
      input.focus();
    });
    item.append(picture, remove);
    return item;
  };

  input.addEventListener("change", () => {
    const result = chosen(files, [...(input.files ?? [])], MOST_PHOTOS - kept());
    keep(result.kept);
    const notes = result.tooLarge.map((file) => filled(words("tooLarge"), { name: file.name }));
    if (result.tooMany) notes.push(filled(words("tooMany"), { most: MOST_PHOTOS }));
    said.classList.toggle("visually-hidden", notes.length === 0);
    said.classList.toggle("govuk-error-message", notes.length > 0);
    const count = filled(words(files.length === 1 ? "oneAdded" : "added"), { count: files.length });
    said.textContent = notes.length > 0 ? notes.join(" ") : count;
  });
}

function questions(form: HTMLFormElement): void {
  const place = form.querySelector<HTMLElement>("[data-questions-place]");
  const address = form.dataset.questions;
  if (!place || !address) return;
  let asked: AbortController | null = null;
  form.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.name !== "category") return;
    asked?.abort();
    asked = new AbortController();
    const typed = new FormData(form);
    getFragment(address.replace("CODE", encodeURIComponent(input.value)), asked.signal).then(
      (fragment) => {
        place.innerHTML = fragment;
        giveBack(place, typed);
      },
      () => undefined, // the server asks instead, when the form is sent
    );
  });
}

/** Answers that were typed before the questions came anew. */
function giveBack(place: HTMLElement, typed: FormData): void {
  for (const field of place.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[name^='answers.']")) {
    const values = typed.getAll(field.name).map(String);
    if (field instanceof HTMLInputElement && (field.type === "radio" || field.type === "checkbox")) {
      field.checked = values.includes(field.value);
    } else if (values[0]) {
      field.value = values[0];
    }
  }
}

function spot(form: HTMLFormElement): void {
  const words = form.querySelector<HTMLElement>("[data-spot-said]");
  const near = form.querySelector<HTMLElement>("[data-near-place]");
  const address = form.dataset.spot;
  if (!words || !near || !address) return;
  let asked: AbortController | null = null;
  const ask = (): void => {
    const typed = new FormData(form);
    const [lon, lat, place] = ["lon", "lat", "place"].map((name) => String(typed.get(name) ?? ""));
    asked?.abort();
    if (!place && !(lon && lat)) return;
    asked = new AbortController();
    const category = String(typed.get("category") ?? "");
    getFragment(addressOf(address, { lon, lat, place, category }), asked.signal).then(
      (fragment) => {
        const parts = document.createElement("template");
        parts.innerHTML = fragment;
        words.replaceChildren(...parts.content.querySelectorAll("[data-part=where]"));
        near.replaceChildren(...parts.content.querySelectorAll("[data-part=near]"));
      },
      () => undefined, // nothing is lost: the server says the same when the form is sent
    );
  };
  form.addEventListener("change", (event) => {
    if (["lon", "lat", "place", "category"].includes((event.target as HTMLInputElement).name)) ask();
  });
}

function seek(form: HTMLFormElement, words: Words): void {
  const box = form.querySelector<HTMLElement>("[data-seek]");
  const input = box?.querySelector("input");
  const said = form.querySelector<HTMLElement>("[data-seek-said]");
  if (!box || !input || !said) return;
  box.hidden = false;
  const tiles = [...form.querySelectorAll<HTMLElement>(".tile")];
  const groups = [...form.querySelectorAll<HTMLElement>(".tiles")];
  input.addEventListener("input", () => {
    const typed = input.value.trim();
    let count = 0;
    for (const tile of tiles) {
      const radio = tile.querySelector("input");
      tile.hidden = !matches(`${tile.textContent ?? ""} ${tile.dataset.keywords ?? ""}`, typed) && !radio?.checked;
      count += Number(!tile.hidden);
    }
    // Nothing found must not look like nothing there.
    if (count === 0) for (const tile of tiles) tile.hidden = false;
    for (const group of groups) group.hidden = !group.querySelector(".tile:not([hidden])");
    const sentence = count === 0 ? "noneFound" : count === 1 ? "oneFound" : "found";
    said.textContent = typed ? filled(words(sentence), { count }) : "";
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

function sending(form: HTMLFormElement, words: Words): void {
  const button = form.querySelector<HTMLButtonElement>("[data-send]");
  if (!button) return;
  const rest = button.textContent;
  form.addEventListener("submit", (event) => {
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    button.setAttribute("aria-disabled", "true");
    button.textContent = words("sending");
  });
  // Back from the next page, out of the browser's own memory.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    delete form.dataset.sending;
    button.removeAttribute("aria-disabled");
    button.textContent = rest;
  });
}
