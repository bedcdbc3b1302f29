import type { BalancedInstance } from "../instance.ts";
import type { Member } from "../member.ts";

export interface PickRequest {
  /** What the request is about: with `rendezvous`, requests with one key go to one instance. */
  readonly key?: string;
  /** Ids that must not be picked: those that were tried before. */
  readonly exclude?: ReadonlySet<string>;
}

/** Chooses among the members of one lineup; a new lineup makes a new picker. */
export interface Picker<I extends BalancedInstance> {
  /** Undefined when nothing that is not excluded was found in the few steps that a pick may take; it may be there. */
  pick(now: number, request: PickRequest | undefined): Member<I> | undefined;
}

/** How often a strategy tries again when it came upon an excluded instance. */
export const mostTries = 8;
