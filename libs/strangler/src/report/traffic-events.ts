import type { Outcome } from "../outcome.ts";
import type { Difference } from "../shadow/compare-messages.ts";
import type { Side } from "../side.ts";
import type { CountedEvent } from "./method-counts.ts";

/** How a call has ended on one side. */
export interface CallEnd {
  /** As gRPC spells it: `OK`, `NOT_FOUND`. */
  readonly code: string;
  readonly outcome: Outcome;
  /** How long it took, in milliseconds; of a stream, until its first message. */
  readonly ms: number;
}

/** Is told what becomes of the calls of one split. Methods are told by name. */
export interface TrafficEvents {
  /** A call of which the answer was for a caller. */
  ended(method: string, side: Side, end: CallEnd): void;
  /** A call that was mirrored, told for both sides. */
  mirrored(method: string, side: Side, end: CallEnd): void;
  counted(method: string, event: CountedEvent): void;
  /** Two answers to one call that differ in these fields, none of which is noise. */
  mismatched(method: string, differences: readonly Difference[], request: string): void;
}

/** Tells each of `listeners`. */
export function tellingAll(listeners: readonly TrafficEvents[]): TrafficEvents {
  return {
    ended: (...told) => listeners.forEach((each) => each.ended(...told)),
    mirrored: (...told) => listeners.forEach((each) => each.mirrored(...told)),
    counted: (...told) => listeners.forEach((each) => each.counted(...told)),
    mismatched: (...told) => listeners.forEach((each) => each.mismatched(...told)),
  };
}
