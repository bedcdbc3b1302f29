import { checked, integerIn, numberIn } from "./bound.ts";
import { defaultThrottle } from "./defaults.ts";

export interface AdaptiveThrottleOptions {
  /** Calls sent for each that is accepted, in [1.1, 10]. Default 2. */
  readonly ratio: number;
  /** How long a call counts, in milliseconds, in [500, 120000]. Default 3000. */
  readonly windowMs: number;
  /** With fewer calls in the window none is rejected; a whole number in [1, 10000]. Default 20. */
  readonly minRequests: number;
  /** Largest part of the calls that is rejected, in [0, 0.99]. Default 0.9. */
  readonly maxRejection: number;
}

const slices = 10;

/**
 * Rejects calls here, where it costs least, when the service turns most of them away: with the probability
 * max(0, (requests - ratio x accepts) / (requests + 1)) over a sliding window.
 *
 * @see https://sre.google/sre-book/handling-overload/#client-side-throttling-a7sYUg
 */
export class AdaptiveThrottle {
  readonly #ratio: number;
  readonly #sliceMs: number;
  readonly #minRequests: number;
  readonly #maxRejection: number;
  readonly #requestsBySlice = new Float64Array(slices);
  readonly #acceptsBySlice = new Float64Array(slices);
  #requests = 0;
  #accepts = 0;
  #slice = 0;
  #sliceEnd = -Infinity;

  /** @throws {RangeError} naming field, rule and value */
  constructor(options: Partial<AdaptiveThrottleOptions> = {}) {
    const { ratio, windowMs, minRequests, maxRejection } = { ...defaultThrottle, ...options };
    this.#ratio = checked("ratio", numberIn(1.1, 10), ratio);
    this.#sliceMs = checked("windowMs", numberIn(500, 120_000), windowMs) / slices;
    this.#minRequests = checked("minRequests", integerIn(1, 10_000), minRequests);
    this.#maxRejection = checked("maxRejection", numberIn(0, 0.99), maxRejection);
  }

  /**
   * Whether a call may be sent. One that may not is counted here; one that is sent when it has ended, as `accepted` or
   * `refused`: of calls under way, a burst or a slow method has many, it is not known yet what the service makes of them.
   *
   * @param random in [0, 1)
   */
  admits(now: number, random: number): boolean {
    this.#advance(now);
    const admitted = random >= this.#rejection();
    if (!admitted) this.#count();
    return admitted;
  }

  /** To be told of each call that was turned away for overload. */
  refused(now: number): void {
    this.#advance(now);
    this.#count();
  }

  /** To be told of each call that was sent, unless it was turned away for overload. Failures of other kinds count as accepted. */
  accepted(now: number): void {
    this.#advance(now);
    this.#count();
    this.#accepts += 1;
    this.#acceptsBySlice[this.#slice] = (this.#acceptsBySlice[this.#slice] ?? 0) + 1;
  }

  /** The part of the calls that is rejected now, in [0, maxRejection]. */
  rejection(now: number): number {
    this.#advance(now);
    return this.#rejection();
  }

  #count(): void {
    this.#requests += 1;
    this.#requestsBySlice[this.#slice] = (this.#requestsBySlice[this.#slice] ?? 0) + 1;
  }

  #rejection(): number {
    if (this.#requests < this.#minRequests) return 0;
    const surplus = this.#requests - this.#ratio * this.#accepts;
    return surplus <= 0 ? 0 : Math.min(this.#maxRejection, surplus / (this.#requests + 1));
  }

  #advance(now: number): void {
    if (now < this.#sliceEnd) return;
    const passed = Math.min(slices, 1 + Math.floor((now - this.#sliceEnd) / this.#sliceMs));
    for (let step = 0; step < passed; step++) {
      this.#slice = (this.#slice + 1) % slices;
      this.#requests -= this.#requestsBySlice[this.#slice] ?? 0;
      this.#accepts -= this.#acceptsBySlice[this.#slice] ?? 0;
      this.#requestsBySlice[this.#slice] = 0;
      this.#acceptsBySlice[this.#slice] = 0;
    }
    this.#sliceEnd = passed === slices ? now + this.#sliceMs : this.#sliceEnd + passed * this.#sliceMs;
  }
}
