// Forms are sent without leaving the page: without a connection the words and the photo stay where they are.
// The form's action_id stays the same too, so that a second try of what did arrive is done once.

import { connection, words } from "./net";
import { photoFields } from "./photo";
import { enhanceMaps } from "../pages/maps";
import { postForm } from "../ports/network";

export function sendForms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-send]")) return;
    event.preventDefault();
    void send(form, event.submitter);
  });
}

async function send(form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const verb = button?.textContent ?? "";
  if (button) button.textContent = words("sending");
  button?.setAttribute("aria-disabled", "true");
  quiet(form);
  try {
    const answer = await postForm(form.action, new FormData(form), window.location.href);
    const text = await answer?.text();
    connection(true);
    if (answer) show(text ?? "", answer, form);
    else say(form, ended());
  } catch {
    connection(false);
    say(form, words("unsent"));
  } finally {
    delete form.dataset.busy;
    if (button) button.textContent = verb;
    button?.removeAttribute("aria-disabled");
  }
}

/** The page that came back takes this one's place: the day, or the form with what is still wrong. */
function show(text: string, answer: Response, form: HTMLFormElement): void {
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = page.querySelector("main .shift");
  const shift = document.querySelector("main .shift");
  if (!main || !shift) {
    if (answer.redirected) window.location.assign(answer.url);
    else say(form, words("failed"));
    return;
  }
  const card = /orders\/(\d+)/.exec(form.action)?.[1];
  shift.replaceWith(main);
  document.title = page.title;
  if (answer.redirected) history.pushState(null, "", answer.url);
  enhanceMaps();
  photoFields();
  const refusal = document.querySelector<HTMLElement>("[data-refusal]");
  refusal?.focus();
  // What is over lies below; what comes next stands at the top.
  const place = document.querySelector(`#ahead #order-${card}`);
  if (place) place.scrollIntoView({ block: "nearest" });
  else if (!refusal) window.scrollTo(0, 0);
}

function quiet(form: HTMLFormElement): void {
  form.querySelector("[data-said]")?.remove();
}

/** The sentence for who is not signed in any more, with the way to the door. */
function ended(): Node {
  return document.querySelector<HTMLTemplateElement>("template[data-ended]")?.content.cloneNode(true) ?? new Text();
}

function say(form: HTMLFormElement, sentence: string | Node): void {
  const message = document.createElement("p");
  message.className = "field__wrong";
  message.dataset.said = "";
  message.setAttribute("role", "alert");
  message.append(sentence);
  form.prepend(message);
  message.scrollIntoView({ block: "nearest" });
}

// Going back shows the page as the server has it now.
window.addEventListener("popstate", () => window.location.reload());
