import type { RollbackReason } from "@banyan/strangler";

/** How a ramp has ended, and at which percentage it has left the rule. */
export type RampOutcome =
  | { readonly tag: "done"; readonly percent: number }
  | { readonly tag: "rolled back"; readonly percent: number; readonly reason: RollbackReason }
  | { readonly tag: "stalled"; readonly percent: number; readonly waitingFor: readonly string[] }
  | { readonly tag: "interrupted"; readonly percent: number }
  /** Somebody else has changed the rule: it is as they have it. @property reason why it was to be rolled back, if so */
  | { readonly tag: "superseded"; readonly reason: RollbackReason | undefined };
