import "../styles/citizen.scss";
import { enhanceNew } from "./new/start";
import { enhanceMaps } from "./pages/maps";
import { enhanceCopying, enhanceCounters, enhanceErrorLinks, focusFirst, unfoldWhereWide } from "./pages/small";
import { enhanceOutbox } from "./new/waiting";
import { registerWorker } from "./ports/worker";

const writing = document.querySelector<HTMLElement>("[data-new]");
if (writing) enhanceNew(writing);
// The shell's map waits for its step.
if (!writing?.hasAttribute("data-steps")) enhanceMaps();
if (document.querySelector("[data-push]")) void import("./pages/push").then(({ enhancePush }) => enhancePush());
if (document.querySelector(".track")) void import("./pages/track").then(({ enhanceTrack }) => enhanceTrack());
for (const pair of document.querySelectorAll<HTMLElement>("[data-compared]")) {
  void import("./pages/compared").then(({ enhanceCompared }) => enhanceCompared(pair));
}
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-keeps]")) {
  void import("./new/typed").then(({ keepTyped }) => keepTyped(form));
}
enhanceErrorLinks();
enhanceCopying();
enhanceCounters();
unfoldWhereWide();
focusFirst();
enhanceOutbox();
// Last, so that the first visit is not slowed by what only the next one needs.
const later = window.requestIdleCallback ?? ((call: () => void) => setTimeout(call, 2000));
addEventListener("load", () => setTimeout(() => later(() => void registerWorker()), 3000));
