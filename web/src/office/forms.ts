// What was typed in a form, and what is said about one that was not taken.

/** Fields that mean the same whichever way the form is asked for again. */
const OWN_WORDS = ["words", "internal", "instructions", "planned_day"];

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Puts what was typed into `form`: everything, or only the words. Hidden fields stay as the server made them. */
export function retype(form: HTMLFormElement, typed: FormData, what: "all" | "words"): void {
  for (const field of form.querySelectorAll<Control>("input:not([type=hidden], [type=submit]), textarea, select")) {
    if (what === "words" && !OWN_WORDS.includes(field.name)) continue;
    const value = typed.get(field.name);
    if (field instanceof HTMLInputElement && ["radio", "checkbox"].includes(field.type)) {
      field.checked = typed.getAll(field.name).includes(field.value);
    } else if (typeof value === "string" && (value || what === "all")) {
      field.value = value;
    }
  }
}

/** A line that is read out at once. */
export function alertWith(...words: (string | Node)[]): HTMLElement {
  const message = document.createElement("div");
  message.className = "said said--error";
  message.setAttribute("role", "alert");
  const line = document.createElement("p");
  line.append(...words);
  message.append(line);
  return message;
}

export function parsed(text: string): Document {
  return new DOMParser().parseFromString(text, "text/html");
}
