// The steps of a new report, read from the town's own table (app/pages/citizen/steps.py): what comes next, where
// «Πίσω» leads, and what is still wrong at a step. The server reads the same table and looks at everything again.

import { filled } from "./words";

/** A step to go to, and what must hold for it; the first whose condition holds is taken. */
type Ways = readonly (readonly [condition: string, step: string])[];

interface Step {
  readonly back: Ways;
  readonly next: Ways;
  readonly fields: readonly string[];
  readonly errors: readonly string[];
}

interface Question {
  readonly code: string;
  readonly datatype: string;
  readonly required: boolean;
  readonly text: string;
  readonly values: readonly string[];
}

interface Asked {
  readonly stoppers: readonly { readonly code: string; readonly stop: boolean; readonly say: string }[];
  readonly questions: readonly Question[];
}

export interface Table {
  readonly steps: Readonly<Record<string, Step>>;
  readonly categories: Readonly<Record<string, Asked>>;
  /** Categories that say nothing without words. */
  readonly wordy: readonly string[];
  readonly limits: Readonly<Record<"description" | "answer" | "name", number>>;
  readonly sentences: Readonly<Record<string, string>>;
}

/** Form fields by their names, with all of their values. */
export type Fields = Readonly<Record<string, readonly string[]>>;

/** A field's name, as in the form or as the API calls it, and its sentence. */
export type Problems = Readonly<Record<string, string>>;

export const isWrong = (problems: Problems): boolean => Object.keys(problems).length > 0;

// As app/reports/validation.py has them: what mail servers and telephones take.
const MAILBOX = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const DOMAIN = /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,}$/i;
const LONGEST_EMAIL = 254;
const PHONE = /^\+?[0-9]{8,15}$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const LARGEST_NUMBER = 1e12;

export class Steps {
  constructor(private readonly table: Table) {}

  /** Whether a category asks anything. */
  asks(category: string): boolean {
    return category in this.table.categories;
  }

  /** Where «Πίσω» leads. */
  before(step: string, fields: Fields): string {
    return this.first(this.table.steps[step]?.back, this.holding(fields)) ?? "photo";
  }

  /** Where «Συνέχεια» leads; `to` is the step that the pressed button names. */
  after(step: string, fields: Fields, { to = "", near = false }: { to?: string | undefined; near?: boolean | undefined } = {}): string {
    const holding = this.holding(fields);
    if (near) holding.add("near");
    if (valueOf(fields, "checked") !== "") holding.add("checked");
    if (to === "check") holding.add("to_check");
    return this.first(this.table.steps[step]?.next, holding) ?? "check";
  }

  /** The step at which what is wrong with a field is put right. */
  stepOf(field: string): string {
    const steps = Object.entries(this.table.steps);
    return steps.find(([, { fields, errors }]) => isOf(field, [...fields, ...errors]))?.[0] ?? "check";
  }

  /** The fields without those of a step, which its citizen passes over. */
  without(step: string, fields: Fields): Fields {
    const names = this.table.steps[step]?.fields ?? [];
    return Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, isOf(name, names) ? [] : values]));
  }

  /** Whether an answer says that the issue is not for the town at all. */
  stops(fields: Fields): boolean {
    return isWrong(this.stopped(fields));
  }

  /** What is still wrong at a step. */
  wrongAt(step: string, fields: Fields): Problems {
    switch (step) {
      case "place":
        return this.place(fields);
      case "category":
        return valueOf(fields, "category") ? {} : { category: this.say("noCategory") };
      case "questions":
        return { ...this.stopped(fields), ...this.answers(fields) };
      case "words": {
        const length = [...valueOf(fields, "description")].length;
        const limit = this.table.limits.description;
        const needed = this.table.wordy.includes(valueOf(fields, "category"));
        if (needed && valueOf(fields, "description").trim() === "") return { description: this.say("needsWords") };
        return length > limit ? { description: this.say("tooLong", { length, limit }) } : {};
      }
      case "contact":
        return this.contact(fields);
      default:
        return {};
    }
  }

  /** The first step at which something is wrong, and what. */
  firstWrong(fields: Fields): { step: string; problems: Problems } | null {
    for (const step of Object.keys(this.table.steps)) {
      const problems = this.wrongAt(step, fields);
      if (isWrong(problems)) return { step, problems };
    }
    return null;
  }

  private say(name: string, parts: Readonly<Record<string, string | number>> = {}): string {
    return filled(this.table.sentences[name] ?? "", parts);
  }

  private holding(fields: Fields): Set<string> {
    return new Set(this.asks(valueOf(fields, "category")) ? ["", "asks"] : [""]);
  }

  private first(ways: Ways | undefined, holding: ReadonlySet<string>): string | undefined {
    return ways?.find(([condition]) => holding.has(condition))?.[1];
  }

  private asked(fields: Fields): Asked {
    return this.table.categories[valueOf(fields, "category")] ?? { stoppers: [], questions: [] };
  }

  private place(fields: Fields): Problems {
    const [lon, lat] = [valueOf(fields, "lon"), valueOf(fields, "lat")];
    if (lon === "" || lat === "") return { where: this.say("noSpot") };
    return numberIn(lon) === null || numberIn(lat) === null ? { where: this.say("noNumbers") } : {};
  }

  private stopped(fields: Fields): Problems {
    const stopping = this.asked(fields).stoppers.filter(({ code, stop }) => stop && valueOf(fields, `stopper.${code}`) === "yes");
    return Object.fromEntries(stopping.map(({ code, say }) => [`stopper.${code}`, say]));
  }

  private answers(fields: Fields): Problems {
    const wrong: Record<string, string> = {};
    for (const question of this.asked(fields).questions) {
      const sentence = this.answer(question, (fields[`answers.${question.code}`] ?? []).filter((value) => value.trim() !== ""));
      if (sentence) wrong[`answers.${question.code}`] = sentence;
    }
    return wrong;
  }

  private answer({ datatype, required, text, values }: Question, given: readonly string[]): string {
    const [answer = ""] = given;
    if (given.length === 0) return required ? this.say("answer", { question: text }) : "";
    if (datatype === "singlevaluelist" || datatype === "multivaluelist") {
      const isListed = given.every((value) => values.includes(value.trim()));
      return isListed ? "" : this.say("chooseFrom", { values: values.join(", ") });
    }
    if (datatype === "number") {
      const number = numberIn(answer.trim());
      return number === null || Math.abs(number) > LARGEST_NUMBER ? this.say("number") : "";
    }
    if (datatype === "datetime") return Number.isNaN(Date.parse(answer.trim())) ? this.say("moment") : "";
    const limit = this.table.limits.answer;
    return [...answer.trim()].length > limit ? this.say("answerTooLong", { limit }) : "";
  }

  private contact(fields: Fields): Problems {
    const [email, phone, name] = ["contact_email", "contact_phone", "contact_name"].map((field) => valueOf(fields, field));
    return {
      ...(email && !isDeliverable(email) ? { contact_email: this.say("email") } : {}),
      ...(phone && !PHONE.test(phone.replace(/[\s().\-/]/g, "")) ? { contact_phone: this.say("phone") } : {}),
      ...([...(name ?? "")].length > this.table.limits.name ? { contact_name: this.say("name") } : {}),
    };
  }
}

const valueOf = (fields: Fields, name: string): string => (fields[name]?.[0] ?? "").trim();

const isOf = (name: string, names: readonly string[]): boolean =>
  names.some((known) => name === known || (known.endsWith(".") && name.startsWith(known)));

/** A number as people write it, with comma or dot. */
function numberIn(typed: string): number | null {
  const plain = typed.replace("−", "-").replace(",", ".");
  return NUMBER.test(plain) ? Number(plain) : null;
}

function isDeliverable(email: string): boolean {
  const at = email.lastIndexOf("@");
  const domain = asciiOf(email.slice(at + 1));
  const mailbox = email.slice(0, Math.max(at, 0));
  return MAILBOX.test(mailbox) && DOMAIN.test(domain) && mailbox.length + 1 + domain.length <= LONGEST_EMAIL;
}

/** A domain as name servers know it: Greek ones have a name of Latin letters, too. */
function asciiOf(domain: string): string {
  if (/^[\x21-\x7e]*$/.test(domain)) return domain;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return "";
  }
}
