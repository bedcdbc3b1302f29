import { ExpectedError } from "@banyan/service";
import type { Side, StoredRule, TrafficStore } from "@banyan/strangler";
import type { Sessions } from "../database/session.ts";
import type { Fences } from "../fence/fence.ts";
import type { Mapping } from "../mapping/mapping.ts";

export interface FlipOptions {
  readonly mapping: Mapping;
  readonly sessions: Sessions;
  readonly store: TrafficStore;
  /** Who is to have the writes. */
  readonly to: Side;
  /** For how long at most writes may be held, in [3, 30]. Default 15. */
  readonly pauseSeconds?: number;
  /** Who does it, for the history: 1 to 200 characters. */
  readonly by: string;
  readonly onStep?: (line: string) => void;
}

export interface Flipped {
  /** `was`: it had the writes already, or a flip that was killed is ended. */
  readonly tag: "flipped" | "was";
  readonly epoch: bigint;
  /** For how long writes were held. */
  readonly pausedMs: number;
}

/** A flip that was not made: the writes are where they were, and go on. */
export class FlipUndoneError extends ExpectedError {
  override readonly name = "FlipUndoneError";
}

/** What a flip has seen before it began. */
export interface Plan {
  readonly stored: StoredRule;
  readonly fences: Fences;
  readonly from: Side;
  readonly epoch: bigint;
  /** Of what has changed since both sides were compared as a whole. */
  readonly noting: string;
}
