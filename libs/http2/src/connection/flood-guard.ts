import { ConnectionError } from "../errors.ts";
import { ErrorCode } from "../frames/frame.ts";

/**
 * What a peer may make us do for nothing, in points.
 *
 * A reset of a request that was being answered costs ten, as does a PING, a SETTINGS or an empty frame; a stream that ends as
 * it should gives five back, and data that we send two. So one call in three may be cancelled for ever.
 */
export const floodCost = { reset: 10, control: 10, empty: 10, priority: 10, window: 1 } as const;
export const floodRefund = { stream: 5, data: 2 } as const;

/**
 * Counts what costs the peer next to nothing and us something, and ends the connection that has too much of it.
 *
 * It answers the rapid reset (CVE-2023-44487) and the floods of CVE-2019-9511 to 9518.
 *
 * @see RFC 9113, section 10.5
 */
export class FloodGuard {
  readonly #perSecond: number;
  readonly #burst: number;
  #points: number;
  #refilledAt: number;
  readonly #now: () => number;

  /**
   * @param resetsPerSecond what the peer may go on with for ever; ten times as many at once
   * @param now in milliseconds, of a clock that never goes back
   */
  constructor(resetsPerSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = floodCost.reset * resetsPerSecond;
    this.#burst = 10 * this.#perSecond;
    this.#points = this.#burst;
    this.#now = now;
    this.#refilledAt = now();
  }

  /** @throws {ConnectionError} ENHANCE_YOUR_CALM when it was too much */
  charge(cost: number, what: string): void {
    this.#points -= cost;
    if (this.#points >= 0) return;
    const now = this.#now();
    this.#points = Math.min(this.#burst, this.#points + ((now - this.#refilledAt) / 1000) * this.#perSecond);
    this.#refilledAt = now;
    if (this.#points < 0) throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, `too many ${what}`);
  }

  refund(points: number): void {
    this.#points = Math.min(this.#burst, this.#points + points);
  }
}
