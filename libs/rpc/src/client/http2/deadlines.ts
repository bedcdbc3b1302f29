/** What ends at a time. */
export interface Dated {
  /** By the clock of the `Deadlines`, in milliseconds. */
  readonly dueMs: number;
  /** Where the `Deadlines` keep it; theirs alone to write. Any number at first. */
  place: number;
  expire(): void;
}

/** Larger ones are taken by Node's timers for 1 ms. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Ends what has not ended by itself, with one timer for all: it is set for the earliest time that was seen, and looks at
 * everything when that has come. A timer for each call would cost as much as a tenth of the call. It does not keep the
 * process alive.
 *
 * What is open lies in an array, in no order, and each knows its place. A `Set` whose entries come and go by the thousand makes
 * new tables all the time, and the old one refers to the new one: once one of them is in V8's old generation, all that follow
 * get there with the calls in them, and each collection of young objects takes 10 ms instead of one.
 */
export class Deadlines {
  readonly #open: Dated[] = [];
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
    dated.place = this.#open.push(dated) - 1;
    if (dated.dueMs < this.#timerDueMs) this.#arm(dated.dueMs, performance.now());
  }

  delete(dated: Dated): void {
    if (this.#open[dated.place] !== dated) return;
    const last = this.#open.pop();
    if (last === undefined || last === dated) return;
    last.place = dated.place;
    this.#open[last.place] = last;
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
        this.delete(dated);
        dated.expire();
      }
    }
    if (nextMs < this.#timerDueMs) this.#arm(nextMs, nowMs);
  };
}
