import { forcedPickEvery } from "../defaults.ts";
import type { BalancedInstance } from "../instance.ts";
import type { Member } from "../member.ts";

/**
 * When an instance that lost a comparison is called all the same, to see whether it is still slow: it was left alone for
 * long enough, and enough other calls were made since the last such try.
 */
export class ForcedPicks {
  #since = 0;

  /** Called for each comparison. */
  due({ pickedAt, waiting }: Member<BalancedInstance>, now: number, forcedPickMs: number): boolean {
    this.#since++;
    if (now - pickedAt < forcedPickMs || waiting > 0 || this.#since < forcedPickEvery) return false;
    this.#since = 0;
    return true;
  }
}
