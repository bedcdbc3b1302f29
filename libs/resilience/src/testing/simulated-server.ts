import type { Simulation } from "./simulation.ts";

/**
 * A server with `workers` of them, calls that take `serviceMs` on average (exponentially distributed), and one queue: M/M/c.
 * What has come is worked on, whether or not anybody still waits for it.
 */
export class SimulatedServer {
  readonly #simulation: Simulation;
  readonly #queue: (() => void)[] = [];
  readonly #maxQueue: number;
  #head = 0;
  #busy = 0;
  workers: number;
  serviceMs: number;

  /** @param options.maxQueue calls that wait at most; default: no end */
  constructor(
    simulation: Simulation,
    options: { readonly workers: number; readonly serviceMs: number; readonly maxQueue?: number },
  ) {
    this.#simulation = simulation;
    this.workers = options.workers;
    this.serviceMs = options.serviceMs;
    this.#maxQueue = options.maxQueue ?? Infinity;
  }

  get capacityPerSecond(): number {
    return (this.workers * 1000) / this.serviceMs;
  }

  /** @returns false when the queue is full, and the call is turned away */
  call(answer: () => void): boolean {
    if (this.#queue.length - this.#head >= this.#maxQueue) return false;
    this.#queue.push(answer);
    this.#work();
    return true;
  }

  #work(): void {
    while (this.#busy < this.workers && this.#head < this.#queue.length) {
      const answer = this.#queue[this.#head++];
      if (answer === undefined) return;
      this.#busy += 1;
      this.#simulation.after(this.#simulation.exponential(this.serviceMs), () => {
        this.#busy -= 1;
        answer();
        this.#work();
      });
    }
  }
}
