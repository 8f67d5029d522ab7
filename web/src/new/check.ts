// What a step must have before the next one; the server looks at everything again.

import type { Flow } from "./flow";
import { questionsOf, stopped } from "./category";
import type { Problems } from "./problems";

const EMAIL = /^[^@\s,;<>"]+@[^@\s,;<>"]+\.[^@\s,;<>".]{2,}$/;

export function checkStep(flow: Flow, step: string): Problems {
  const value = (name: string): string => flow.value(name).trim();
  switch (step) {
    case "place": {
      const [lon, lat] = [value("lon"), value("lat")].map((typed) => Number(typed.replace(",", ".") || "x"));
      if (!Number.isFinite(lon) || !Number.isFinite(lat)) return { where: flow.words("noSpot") };
      const outside = flow.section("place").querySelector("[data-part=wrong] p")?.textContent?.trim();
      return outside ? { where: outside } : {};
    }
    case "category":
      return value("category") ? {} : { category: flow.words("noCategory") };
    case "questions":
      return { ...unanswered(flow), ...stopped(flow) };
    case "contact":
      return value("contact_email") && !EMAIL.test(value("contact_email")) ? { contact_email: flow.words("email") } : {};
    default:
      return {};
  }
}

function unanswered(flow: Flow): Problems {
  const wrong: Record<string, string> = {};
  for (const asked of questionsOf(flow.root, flow.value("category"))?.querySelectorAll<HTMLElement>("[data-required]") ?? []) {
    const name = asked.dataset.required ?? "";
    const given = (flow.item.fields[name] ?? []).some((one) => one.trim() !== "");
    if (!given) wrong[name] = flow.sentence("answer", { question: asked.dataset.question ?? "" });
  }
  return wrong;
}
