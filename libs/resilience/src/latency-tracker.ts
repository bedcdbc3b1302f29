import { checked, integerIn, numberIn } from "./bound.ts";
import { defaultLatency } from "./defaults.ts";

export interface LatencyTrackerOptions {
  /** How often all counts are halved, in milliseconds, in [100, 600000]. Default 5000. */
  readonly halfLifeMs: number;
  /** A whole number in [10, 100000]. Default 100. */
  readonly minSamples: number;
}

/** Eight buckets an octave: neighbours are 9 % apart, and an estimate is less than 5 % off. */
const perOctave = 8;
/** 24 octaves above 0.01 ms: 168 s. What is faster or slower is in the first or last bucket. */
const buckets = 24 * perOctave;
const smallestMs = 0.01;

/**
 * Percentiles of how long calls take, of late: a histogram with buckets on a logarithmic scale whose counts fade.
 * 192 numbers whatever the traffic; an insert touches one of them.
 */
export class LatencyTracker {
  readonly #counts = new Float64Array(buckets);
  readonly #halfLifeMs: number;
  readonly #minSamples: number;
  #total = 0;
  #nextHalving: number | undefined;
  /** By percentile; they hold for a sixteenth of the half-life. */
  readonly #estimates = new Map<number, number>();
  #estimatesEnd = -Infinity;

  /** @throws {RangeError} naming field, rule and value */
  constructor(options: Partial<LatencyTrackerOptions> = {}) {
    const { halfLifeMs, minSamples } = { ...defaultLatency, ...options };
    this.#halfLifeMs = checked("halfLifeMs", numberIn(100, 600_000), halfLifeMs);
    this.#minSamples = checked("minSamples", integerIn(10, 100_000), minSamples);
  }

  /** @param latencyMs how long a call took, in milliseconds; one that was given up, for as long as it was waited for */
  record(latencyMs: number, now: number): void {
    this.#fade(now);
    const index = Math.floor(Math.log2(latencyMs / smallestMs) * perOctave);
    const bucket = index > 0 ? Math.min(index, buckets - 1) : 0;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
  }

  /**
   * What `percentile` per cent of the calls stay below, in milliseconds; undefined until there are enough samples.
   *
   * @param percentile in (0, 100)
   */
  percentileMs(percentile: number, now: number): number | undefined {
    const kept = now < this.#estimatesEnd ? this.#estimates.get(percentile) : undefined;
    if (kept !== undefined) return kept;
    this.#fade(now);
    if (this.#total < this.#minSamples) return undefined;
    if (now >= this.#estimatesEnd) {
      this.#estimates.clear();
      this.#estimatesEnd = now + this.#halfLifeMs / 16;
    }
    const ms = this.#quantile((this.#total * percentile) / 100);
    this.#estimates.set(percentile, ms);
    return ms;
  }

  #quantile(rank: number): number {
    let below = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      below += count;
      if (below >= rank) return smallestMs * 2 ** ((bucket + 0.5) / perOctave);
    }
    return smallestMs * 2 ** (buckets / perOctave);
  }

  #fade(now: number): void {
    this.#nextHalving ??= now + this.#halfLifeMs;
    if (now < this.#nextHalving) return;
    const halvings = 1 + Math.floor((now - this.#nextHalving) / this.#halfLifeMs);
    this.#nextHalving += halvings * this.#halfLifeMs;
    const part = 0.5 ** halvings;
    this.#total = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      // What is left of a single sample after 10 halvings is none.
      const left = count * part < 0.001 ? 0 : count * part;
      this.#counts[bucket] = left;
      this.#total += left;
    }
  }
}
