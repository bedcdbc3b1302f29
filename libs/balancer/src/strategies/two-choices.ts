import { AliasTable } from "../alias-table.ts";
import { mostAdvantage } from "../defaults.ts";
import type { BalancedInstance } from "../instance.ts";
import type { Lineup } from "../lineup.ts";
import type { Member } from "../member.ts";
import { mostTries, type Picker, type PickRequest } from "./picker.ts";

/** One of the two, and how much a call weighs on it: the mean weight of the lineup divided by its own. */
export interface Choice {
  readonly member: Member<BalancedInstance>;
  readonly strain: number;
}

/** Whether the second of two instances is to be taken instead of the first, which was drawn with the right chance. */
export type Preference = (first: Choice, second: Choice, now: number) => boolean;

/** How much less the second must cost, as a factor, for each instance to keep the share that its weight promises. */
export function leastAdvantage(first: Choice, second: Choice, least: number): number {
  return Math.max(least, Math.min(mostAdvantage, second.strain / first.strain));
}

/**
 * Draws two different instances by weight and takes the first, unless the second is preferred: as good as looking at all
 * of them, and without all callers running to the same one.
 *
 * @see https://ieeexplore.ieee.org/document/963420 "The power of two choices in randomized load balancing"
 */
export class TwoChoices<I extends BalancedInstance> implements Picker<I> {
  readonly #choices: readonly (Choice & { readonly member: Member<I> })[];
  readonly #table: AliasTable | undefined;
  readonly #prefersSecond: Preference;
  readonly #random: () => number;

  constructor({ members, weights, even }: Lineup<I>, prefersSecond: Preference, random: () => number) {
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    this.#choices = members.map((member, index) => ({ member, strain: mean / (weights[index] ?? mean) }));
    this.#table = even ? undefined : new AliasTable(weights);
    this.#prefersSecond = prefersSecond;
    this.#random = random;
  }

  pick(now: number, request: PickRequest | undefined): Member<I> | undefined {
    const exclude = request?.exclude;
    for (let tries = 0; tries < mostTries; tries++) {
      const index = this.#draw();
      const first = this.#choices[index];
      if (first === undefined) return undefined;
      if (exclude?.has(first.member.id)) continue;
      const second = this.#choices[this.#drawOther(index, exclude)];
      if (second === undefined) return first.member;
      return this.#prefersSecond(first, second, now) ? second.member : first.member;
    }
    return undefined;
  }

  #draw(): number {
    return this.#table === undefined ? this.#drawEvenly(this.#choices.length) : this.#table.draw(this.#random());
  }

  /** By weight, evenly when that gives the same one again and again; -1 when nobody else was found. */
  #drawOther(index: number, exclude: ReadonlySet<string> | undefined): number {
    const size = this.#choices.length;
    if (size < 2) return -1;
    for (let tries = 0; tries < mostTries; tries++) {
      const evenly = size === 2 || tries >= mostTries / 2;
      const drawn = evenly ? (index + 1 + this.#drawEvenly(size - 1)) % size : this.#draw();
      if (drawn === index) continue;
      const other = this.#choices[drawn];
      if (other === undefined || exclude === undefined || !exclude.has(other.member.id)) return drawn;
    }
    return -1;
  }

  #drawEvenly(size: number): number {
    return Math.floor(this.#random() * size);
  }
}
