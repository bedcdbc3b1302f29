import type { LoadCase } from "../cases.ts";
import type { Latencies } from "../programs/messages.ts";

/** What one round of one contender has shown. */
export interface Sample {
  /** Calls, messages or round trips. */
  readonly perSecond: number;
  /** CPU of one of them, in microseconds, where the system tells. */
  readonly serverMicros?: number;
  readonly clientMicros?: number;
  /** Of calls, of whole streams from the server, of round trips. */
  readonly latency?: Latencies;
}

/** Under a neutral load, or by the library's own client. */
export type Side = "server" | "pair";

/** A peer on one side of a case: what it has shown, or why not. */
export interface Entry {
  /** The peer's words; in the chain, the link's. */
  readonly words: string;
  readonly name: string;
  readonly side: Side;
  /** One a round. */
  readonly samples: readonly Sample[];
  /** Why it was left out, where it was. */
  readonly failure?: string;
}

export interface CaseOutcome {
  readonly case: LoadCase;
  readonly entries: readonly Entry[];
}

/** What rests in a server, in bytes of its resident set; one a round. */
export interface MemoryEntry {
  readonly words: string;
  readonly name: string;
  readonly idleBytes: readonly number[];
  readonly perConnection: readonly number[];
  readonly perStream: readonly number[];
  readonly failure?: string;
}

/** All that a run has found out; kept as JSON. */
export interface Outcome {
  readonly at: string;
  readonly conditions: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly cases: readonly CaseOutcome[];
  readonly memory: readonly MemoryEntry[];
}
