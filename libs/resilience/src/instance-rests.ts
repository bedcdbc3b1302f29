import { checked, numberIn } from "./bound.ts";
import { defaultRest } from "./defaults.ts";

export interface InstanceRestsOptions {
  /** Waits beyond what is asked for, by lot up to this part more, in [0, 1]. Default 0.5. */
  readonly jitter: number;
  /** Longest rest, in milliseconds, in [1, 600000]. Default 10000. */
  readonly maxRestMs: number;
}

/** With more rests than this, those that are over are forgotten when another one begins. */
const pruneAbove = 100;

/** The instances that have asked to be left alone for a while: RESOURCE_EXHAUSTED with a retry delay. */
export class InstanceRests {
  readonly #jitter: number;
  readonly #maxRestMs: number;
  /** When each may be called again. */
  readonly #ends = new Map<string, number>();

  /** @throws {RangeError} naming field, rule and value */
  constructor(options: Partial<InstanceRestsOptions> = {}) {
    const { jitter, maxRestMs } = { ...defaultRest, ...options };
    this.#jitter = checked("jitter", numberIn(0, 1), jitter);
    this.#maxRestMs = checked("maxRestMs", numberIn(1, 600_000), maxRestMs);
  }

  /** How many are remembered. */
  get size(): number {
    return this.#ends.size;
  }

  /** Leaves an instance alone. A rest is prolonged, never cut short. @param random in [0, 1) */
  rest(id: string, retryAfterMs: number, now: number, random: number): void {
    if (!(retryAfterMs > 0)) return;
    const end = now + Math.min(this.#maxRestMs, retryAfterMs * (1 + random * this.#jitter));
    if (end > (this.#ends.get(id) ?? 0)) this.#ends.set(id, end);
    // Of those that left the list nobody asks any more.
    if (this.#ends.size > pruneAbove) for (const other of this.#ends.keys()) this.isResting(other, now);
  }

  isResting(id: string, now: number): boolean {
    if (this.#ends.size === 0) return false;
    const end = this.#ends.get(id);
    if (end === undefined) return false;
    if (now < end) return true;
    this.#ends.delete(id);
    return false;
  }

  /** How long the instance is still to be left alone, in milliseconds: what to tell a caller when all of them rest. */
  leftMs(id: string, now: number): number {
    return Math.max(0, (this.#ends.get(id) ?? now) - now);
  }

  /** For an instance that has left. */
  forget(id: string): void {
    this.#ends.delete(id);
  }
}
