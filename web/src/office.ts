import "../styles/office.scss";
import { enhanceMaps } from "./pages/maps";
import { enhancePasskeys } from "./pages/passkey";
import { enhanceCounters } from "./pages/small";
import { Desk } from "./office/desk";
import { listenForKeys } from "./office/keys";

enhanceMaps();
enhancePasskeys();
enhanceCounters();

const root = document.querySelector<HTMLElement>("[data-desk]");
if (root) {
  const desk = new Desk(root);
  listenForKeys(desk);
}
document.querySelector<HTMLElement>("[data-refusal], [data-error-summary]")?.focus();
