// Whether the town knows of it already: asked only where there is a network, and never long.

import { addressOf } from "../core/addresses";
import { getFragment } from "../ports/network";
import type { Flow } from "./flow";

const PATIENCE_MS = 4_000;

/** Fills the step with what is open nearby; false when nothing is, or nobody can say. */
export async function knownNear(flow: Flow): Promise<boolean> {
  const place = flow.section("known").querySelector<HTMLElement>("[data-known-place]");
  const query = { lon: flow.value("lon"), lat: flow.value("lat"), category: flow.value("category") };
  if (!place || !navigator.onLine) return false;
  try {
    const told = await getFragment(addressOf(flow.root.dataset.known ?? "", query), AbortSignal.timeout(PATIENCE_MS));
    place.innerHTML = told;
    return told.trim() !== "";
  } catch {
    return false;
  }
}
