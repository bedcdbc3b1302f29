import { hashPair, hashText } from "../hash.ts";
import type { BalancedInstance } from "../instance.ts";
import type { Member } from "../member.ts";
import type { Picker, PickRequest } from "./picker.ts";

/**
 * Sends all requests with one key to one instance, the same from every caller, in proportion to the weights: the instance
 * that scores highest for the key. When an instance leaves, only its keys move; when one joins, only the keys that it
 * takes. Zones and slow start would give a key another home for each caller, so they do not apply.
 *
 * A pick looks at every instance.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-bess-weighted-hrw/
 */
export class Rendezvous<I extends BalancedInstance> implements Picker<I> {
  readonly #members: readonly Member<I>[];
  readonly #even: boolean;
  readonly #keyless: Picker<I>;

  /**
   * @param members those available
   * @param keyless for requests without a key
   */
  constructor(members: readonly Member<I>[], keyless: Picker<I>) {
    this.#members = members;
    this.#even = members.every(({ weight }) => weight === members[0]?.weight);
    this.#keyless = keyless;
  }

  pick(now: number, request: PickRequest | undefined): Member<I> | undefined {
    if (request?.key === undefined) return this.#keyless.pick(now, request);
    const key = hashText(request.key);
    const { exclude } = request;
    let best: Member<I> | undefined;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (const member of this.#members) {
      const hash = hashPair(member.hash, key);
      const score = this.#even ? hash : weightedScore(hash, member.weight);
      if (score > bestScore && !exclude?.has(member.id)) [best, bestScore] = [member, score];
    }
    return best;
  }
}

/** The highest of such scores is each one's with a chance proportional to its weight. */
function weightedScore(hash: number, weight: number): number {
  return -weight / Math.log((hash + 0.5) / 2 ** 32);
}
