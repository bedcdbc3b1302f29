import type { LatencySettings } from "./options.ts";

/**
 * What calls to one instance have cost of late: an average of latency that jumps up with each peak and comes down with
 * time (peak EWMA, as in Finagle), and the share of calls that failed.
 */
export class CallCost {
  /** 0 while nothing is known. */
  #latencyMs = 0;
  #latencyAt = Number.NEGATIVE_INFINITY;
  /** Whether an answer has been seen; else the latency is only known to be more. */
  #answered = false;
  #failureShare = 0;
  #failureAt = Number.NEGATIVE_INFINITY;

  /** An answer came after `latencyMs`. */
  answered(latencyMs: number, now: number, { tauMs }: LatencySettings): void {
    if (!this.#answered || latencyMs >= this.#latencyMs) this.#latencyMs = latencyMs;
    else this.#latencyMs = blend(this.#latencyMs, latencyMs, now - this.#latencyAt, tauMs);
    this.#latencyAt = now;
    this.#answered = true;
  }

  /** No answer came within `waitedMs`: the latency is at least that. It never comes down by it. */
  waited(waitedMs: number, now: number): void {
    if (waitedMs <= this.#latencyMs) return;
    this.#latencyMs = waitedMs;
    this.#latencyAt = now;
  }

  ended(failed: boolean, now: number, { tauMs }: LatencySettings): void {
    this.#failureShare = blend(this.#failureShare, failed ? 1 : 0, now - this.#failureAt, tauMs);
    this.#failureAt = now;
  }

  /** The instance was away: what it cost before says nothing of it any more. */
  forget(): void {
    this.#latencyMs = 0;
    this.#latencyAt = Number.NEGATIVE_INFINITY;
    this.#answered = false;
    this.#failureShare = 0;
    this.#failureAt = Number.NEGATIVE_INFINITY;
  }

  /** In milliseconds; 0 when nothing is known, or it is too long ago. */
  latencyMs(now: number, { forgetMs }: LatencySettings): number {
    return now - this.#latencyAt > forgetMs ? 0 : this.#latencyMs;
  }

  /** Whether `latencyMs` is an answer's, and not only a bound from below. */
  known(now: number, { forgetMs }: LatencySettings): boolean {
    return this.#answered && now - this.#latencyAt <= forgetMs;
  }

  /** In [0, 1]. */
  failureShare(now: number, { forgetMs }: LatencySettings): number {
    return now - this.#failureAt > forgetMs ? 0 : this.#failureShare;
  }
}

/** The average after a sample that came `elapsedMs` after the one before: the older that is, the more the sample weighs. */
function blend(average: number, sample: number, elapsedMs: number, tauMs: number): number {
  return sample + (average - sample) * Math.exp(-elapsedMs / tauMs);
}
