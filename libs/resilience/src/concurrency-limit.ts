import { concurrencyOptions, type ConcurrencyLimitOptions } from "./concurrency-options.ts";
import { defaultConcurrency } from "./defaults.ts";
import { HeldPermit, type Permit, type Refusal } from "./permit.ts";

/**
 * - `steady`: follows what calls take
 * - `draining`, `measuring`: at half the limit, first for the queue to empty, then to see what calls take without it
 */
type Phase =
  | { readonly tag: "steady"; readonly probeAt: number }
  | { readonly tag: "draining"; readonly until: number; readonly loadedRate: number }
  | { readonly tag: "measuring"; readonly loadedRate: number };

/**
 * How many calls a server works on at a time, found out from how long they take: the limit shrinks when they take longer
 * than `tolerance` times what they take without a queue, and grows while they do not. What is beyond is turned away; there is
 * no queue here, for those before (the socket, the event loop) are long enough, and callers have other instances. Calls that
 * come all at once may wait for some milliseconds first: that is what `WaitingCalls` is for.
 *
 * After "Gradient2" of Netflix' concurrency-limits, with two differences: the time without a queue is looked for on purpose,
 * as BBR does, so that an overload that lasts is never taken for normal; and the delay of the event loop counts, since
 * a busy Node server makes calls wait where no handler can see it.
 *
 * Streams that live long, health checks and the like are not asked for here: they tell nothing, and must not be turned away.
 *
 * @see https://github.com/Netflix/concurrency-limits
 */
export class ConcurrencyLimit {
  readonly #options: ConcurrencyLimitOptions;
  #limit: number;
  #inFlight = 0;
  #phase: Phase = { tag: "steady", probeAt: -Infinity };
  /** What calls take without a queue, in milliseconds; undefined until the first window has ended. */
  #unqueuedMs: number | undefined;
  #loopDelayMs = 0;
  #mayGrowAt = -Infinity;
  /** What calls took in the last window, while `#unqueuedMs` is not known. */
  #startingMs = 0;
  #windowStart: number | undefined;
  #samples = 0;
  #sumMs = 0;
  #peak = 0;
  #admitted = 0;
  #refused = 0;
  #retryAfterMs: number = defaultConcurrency.minRetryAfterMs;

  /** @throws {RangeError} naming field, rule and value */
  constructor(options: Partial<ConcurrencyLimitOptions> = {}) {
    this.#options = concurrencyOptions(options);
    this.#limit = this.#options.initialLimit;
  }

  /** Calls that may be under way now, in [minLimit, maxLimit]. */
  get limit(): number {
    const { tag } = this.#phase;
    const half = tag === "draining" || tag === "measuring" ? this.#limit / 2 : this.#limit;
    return Math.max(this.#options.minLimit, Math.floor(half));
  }

  /** Calls under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Takes the mean delay of the event loop over the last moments, in milliseconds; it counts until it is told again. */
  noteEventLoopDelay(delayMs: number): void {
    this.#loopDelayMs = delayMs;
  }

  /** Whether there is no place now. */
  get isFull(): boolean {
    return this.#inFlight >= this.limit;
  }

  /** Turns a call away, whether or not there is a place: it counts as one that found none. */
  refuse(): Refusal {
    this.#refused += 1;
    return { tag: "refusal", retryAfterMs: this.#retryAfterMs };
  }

  acquire(now: number): Permit | Refusal {
    if (this.isFull) return this.refuse();
    this.#inFlight += 1;
    this.#admitted += 1;
    if (this.#inFlight > this.#peak) this.#peak = this.#inFlight;
    return new HeldPermit(now, this.#release);
  }

  /** @param tookMs undefined when it tells nothing */
  readonly #release = (tookMs: number | undefined, now: number): void => {
    this.#inFlight -= 1;
    if (tookMs !== undefined) {
      this.#samples += 1;
      this.#sumMs += tookMs;
    }
    this.#windowStart ??= now;
    const { windowMs, minSamples } = this.#options;
    if (this.#samples >= minSamples && now - this.#windowStart >= windowMs) this.#endWindow(now);
  };

  #endWindow(now: number): void {
    const meanMs = Math.max(this.#sumMs / this.#samples, 1e-3);
    const rate = this.#samples / (now - (this.#windowStart ?? now));
    switch (this.#phase.tag) {
      case "steady":
        if (this.#adjust(meanMs, now) && now >= this.#phase.probeAt) {
          this.#phase = { tag: "draining", until: now + 2 * meanMs, loadedRate: rate };
        }
        this.#heedEventLoop();
        break;
      case "draining":
        if (now >= this.#phase.until && this.#inFlight <= this.limit) {
          this.#phase = { tag: "measuring", loadedRate: this.#phase.loadedRate };
        }
        break;
      case "measuring":
        this.#conclude(meanMs, rate, this.#phase.loadedRate, now);
        break;
      default:
        this.#phase satisfies never;
    }
    const { minRetryAfterMs, maxRetryAfterMs } = defaultConcurrency;
    // Those turned away fit in as soon as those who were let in have been answered, so many times over.
    const turns = this.#refused / Math.max(1, this.#admitted);
    this.#retryAfterMs = Math.min(maxRetryAfterMs, Math.max(minRetryAfterMs, Math.ceil(meanMs * turns)));
    this.#windowStart = now;
    this.#samples = this.#sumMs = this.#admitted = this.#refused = 0;
    this.#peak = this.#inFlight;
  }

  /** @returns whether calls were turned away because of a queue: or of what is taken for one */
  #adjust(meanMs: number, now: number): boolean {
    if (this.#unqueuedMs === undefined) {
      // The first calls to end are the short ones: they count once calls do not get longer from window to window.
      if (meanMs <= 1.1 * this.#startingMs) this.#unqueuedMs = meanMs;
      this.#startingMs = meanMs;
      return false;
    }
    const refuses = this.#refused > 0;
    const limits = refuses || this.#peak >= this.#limit / 2;
    // Under load the time without a queue can only be shorter than what is seen.
    if (!limits || meanMs < this.#unqueuedMs) this.#unqueuedMs += 0.1 * (meanMs - this.#unqueuedMs);
    if (!limits) return false;
    const { growth, fastGrowth, smoothing } = defaultConcurrency;
    if (refuses && meanMs <= 1.2 * this.#unqueuedMs) {
      this.#grow(this.#limit * (1 + fastGrowth), meanMs, now);
      return false;
    }
    const gradient = Math.min(1, Math.max(0.5, (this.#options.tolerance * this.#unqueuedMs) / meanMs));
    const next = this.#limit * (1 + smoothing * (gradient + growth - 1));
    if (next > this.#limit) this.#grow(next, meanMs, now);
    else this.#set(next);
    return refuses;
  }

  /**
   * Where half of the limit gets as much done, the other half was waiting in a queue: it is let go. Where it gets less
   * done, calls are slow themselves, and a smaller limit helps nobody. How long calls take is no measure of it: while a
   * queue grows, those that end now have seen it when it was short.
   */
  #conclude(meanMs: number, rate: number, loadedRate: number, now: number): void {
    const queued = rate > 0.8 * loadedRate;
    this.#unqueuedMs = queued ? Math.min(this.#unqueuedMs ?? meanMs, meanMs) : meanMs;
    if (queued) this.#set(this.#limit / 2);
    const { probeEveryMs } = this.#options;
    this.#phase = { tag: "steady", probeAt: now + (queued ? probeEveryMs / 5 : probeEveryMs) };
  }

  #heedEventLoop(): void {
    if (this.#loopDelayMs <= this.#options.eventLoopDelayMs) return;
    const gradient = Math.max(0.5, this.#options.eventLoopDelayMs / this.#loopDelayMs);
    // A limit that nobody reaches must come down to where it is felt.
    this.#set(Math.min(this.#limit, this.#peak) * gradient);
  }

  /** Once in the time that a call takes: until then, calls that end tell nothing of what the last growth has done. */
  #grow(limit: number, meanMs: number, now: number): void {
    if (now < this.#mayGrowAt) return;
    this.#mayGrowAt = now + 0.7 * meanMs;
    this.#set(limit);
  }

  #set(limit: number): void {
    this.#limit = Math.min(this.#options.maxLimit, Math.max(this.#options.minLimit, limit));
  }
}
