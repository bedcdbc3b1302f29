import type { BalancedInstance } from "../instance.ts";
import type { Lineup } from "../lineup.ts";
import type { Member } from "../member.ts";
import { mostTries, type Picker, type PickRequest } from "./picker.ts";

interface Turn<I extends BalancedInstance> {
  readonly member: Member<I>;
  /** Between two turns: 1 / weight. */
  readonly period: number;
  /** When the next turn is, in no unit but that of the periods. */
  deadline: number;
}

/**
 * Takes turns by weight, spread evenly: of any stretch of picks each instance gets its part, give or take one. The next is
 * always the one whose turn is due first, found at the top of a heap in O(log n).
 */
export class EarliestDeadline<I extends BalancedInstance> implements Picker<I> {
  /** A binary heap: no turn is due before that at half its index. */
  readonly #heap: Turn<I>[];

  /** @param random for the first turns, so that callers that start together do not move together */
  constructor({ members, weights }: Lineup<I>, random: () => number) {
    this.#heap = members
      .map((member, index) => ({ member, period: 1 / (weights[index] ?? 1) }))
      .map(({ member, period }) => ({ member, period, deadline: random() * period }))
      .toSorted((a, b) => a.deadline - b.deadline);
  }

  pick(_now: number, request: PickRequest | undefined): Member<I> | undefined {
    for (let tries = 0; tries < mostTries; tries++) {
      const turn = this.#heap[0];
      if (turn === undefined) return undefined;
      turn.deadline += turn.period;
      this.#sink(turn);
      if (!request?.exclude?.has(turn.member.id)) return turn.member;
    }
    return undefined;
  }

  /** Moves the turn at the top down to its place. */
  #sink(turn: Turn<I>): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let earliest = heap[child];
      const right = heap[child + 1];
      if (earliest !== undefined && right !== undefined && right.deadline < earliest.deadline) {
        earliest = right;
        child++;
      }
      if (earliest === undefined || turn.deadline <= earliest.deadline) break;
      heap[index] = earliest;
      index = child;
    }
    heap[index] = turn;
  }
}
