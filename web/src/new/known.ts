// Whether the town knows of it already: asked only where there is a network, and never long.

import { addressOf } from "../core/addresses";
import { getFragment } from "../ports/network";
import { ask } from "../ports/sending";
import type { StepContext } from "./context";

const PATIENCE_MS = 4_000;

export class KnownStep {
  /** `known` is the address that tells what is open near a spot. */
  constructor(
    private readonly context: StepContext,
    private readonly known: string,
  ) {}

  /** Fills the step with what is open nearby; false when nothing is, or nobody can say. */
  async isNear(): Promise<boolean> {
    const { section, draft } = this.context;
    const place = section.querySelector<HTMLElement>("[data-known-place]");
    const query = { lon: draft.value("lon"), lat: draft.value("lat"), category: draft.value("category") };
    if (!place || !navigator.onLine) return false;
    try {
      const fragment = await getFragment(addressOf(this.known, query), AbortSignal.timeout(PATIENCE_MS));
      place.innerHTML = fragment;
      return fragment.trim() !== "";
    } catch {
      return false;
    }
  }

  /** «Κι εγώ» instead of a second report; true when the town has heard it, and there is none to send. */
  async support(reference: string): Promise<boolean> {
    const json = { "Content-Type": "application/json" };
    const answer = await ask("POST", `/reports/${reference}/support`, "{}", json).catch(() => null);
    if (!answer?.ok) return false;
    await this.context.draft.drop();
    return true;
  }
}
