import type { BalancedInstance } from "../instance.ts";
import type { Member } from "../member.ts";
import { mostTries, type Picker, type PickRequest } from "./picker.ts";

/** Takes turns. */
export class RoundRobin<I extends BalancedInstance> implements Picker<I> {
  readonly #members: readonly Member<I>[];
  #turn: number;

  /** @param start in [0, 1): whose turn is first; random, so that callers that start together do not move together */
  constructor(members: readonly Member<I>[], start: number) {
    this.#members = members;
    this.#turn = Math.floor(start * members.length);
  }

  pick(_now: number, request: PickRequest | undefined): Member<I> | undefined {
    for (let tries = 0; tries < mostTries; tries++) {
      const member = this.#members[this.#turn];
      if (member === undefined) return undefined;
      this.#turn = this.#turn + 1 === this.#members.length ? 0 : this.#turn + 1;
      if (!request?.exclude?.has(member.id)) return member;
    }
    return undefined;
  }
}
