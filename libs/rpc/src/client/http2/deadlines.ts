/** What ends at a time. */
export interface Dated {
  /** By the clock of the `Deadlines`, in milliseconds. */
  readonly dueMs: number;
  expire(): void;
}

/** Larger ones are taken by Node's timers for 1 ms. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Ends what has not ended by itself, with one timer for all: it is set for the earliest time that was seen, and looks at
 * everything when that has come. A timer for each call would cost as much as a tenth of the call. It does not keep the
 * process alive.
 */
export class Deadlines {
  readonly #open = new Set<Dated>();
  #timer: NodeJS.Timeout | undefined;
  #timerDueMs = Infinity;
  /** The time in this turn of the event loop; undefined until somebody asks. */
  #nowMs: number | undefined;

  /** The time, in milliseconds, as it was when it was first asked for in this turn of the event loop. */
  get nowMs(): number {
    if (this.#nowMs === undefined) {
      this.#nowMs = performance.now();
      setImmediate(this.#turn);
    }
    return this.#nowMs;
  }

  add(dated: Dated): void {
    this.#open.add(dated);
    if (dated.dueMs < this.#timerDueMs) this.#arm(dated.dueMs, performance.now());
  }

  delete(dated: Dated): void {
    this.#open.delete(dated);
  }

  readonly #turn = (): void => {
    this.#nowMs = undefined;
  };

  #arm(dueMs: number, nowMs: number): void {
    clearTimeout(this.#timer);
    this.#timerDueMs = dueMs;
    if (dueMs === Infinity) return;
    this.#timer = setTimeout(this.#look, Math.min(longestTimerMs, Math.ceil(dueMs - nowMs))).unref();
  }

  readonly #look = (): void => {
    const nowMs = performance.now();
    let nextMs = Infinity;
    this.#timerDueMs = Infinity;
    for (const dated of Array.from(this.#open)) {
      if (dated.dueMs > nowMs) nextMs = Math.min(nextMs, dated.dueMs);
      else {
        this.#open.delete(dated);
        dated.expire();
      }
    }
    if (nextMs < this.#timerDueMs) this.#arm(nextMs, nowMs);
  };
}
