// What a step of a new report may know: its own section, the draft, and the town's sentences. Of the other steps, and
// of the way from one to the next, it knows nothing.

import type { Position } from "../core/geo";
import type { Draft } from "./draft";

/** A sentence by its name, with its gaps filled. */
export type Sentences = (name: string, parts?: Readonly<Record<string, string | number>>) => string;

export interface StepContext {
  /** Whether a place that was not pointed at may be proposed: it lies in the town or around it. */
  readonly isAround: (position: Position) => boolean;
  readonly section: HTMLElement;
  readonly draft: Draft;
  readonly say: Sentences;
}
