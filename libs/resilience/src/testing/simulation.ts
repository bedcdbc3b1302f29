interface Event {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

/** A clock of its own, in milliseconds, that jumps from event to event; nothing in it is left to chance. */
export class Simulation {
  readonly #heap: Event[] = [];
  #order = 0;
  #seed: number;
  now = 0;

  constructor(seed = 1) {
    this.#seed = seed;
  }

  /** In [0, 1): mulberry32. */
  readonly random = (): number => {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };

  /** A time between events that happen by chance, `meanMs` apart on average. */
  exponential(meanMs: number): number {
    return -Math.log(1 - this.random()) * meanMs;
  }

  after(delayMs: number, act: () => void): void {
    this.#push({ at: this.now + delayMs, order: this.#order++, act });
  }

  /** Calls `act` `perSecond()` times a second, by chance, from now on. */
  arrivals(perSecond: () => number, act: () => void): void {
    this.after(this.exponential(1000 / perSecond()), () => {
      act();
      this.arrivals(perSecond, act);
    });
  }

  runUntil(end: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#pop();
      this.now = next.at;
      next.act();
    }
    this.now = end;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    for (let parent = (at - 1) >> 1; at > 0; at = parent, parent = (at - 1) >> 1) {
      const above = heap[parent];
      if (above === undefined || !before(event, above)) break;
      heap[at] = above;
      heap[parent] = event;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      if (left === undefined) break;
      const [child, index] = right !== undefined && before(right, left) ? [right, 2 * at + 2] : [left, 2 * at + 1];
      if (!before(child, last)) break;
      heap[at] = child;
      at = index;
    }
    heap[at] = last;
  }
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
