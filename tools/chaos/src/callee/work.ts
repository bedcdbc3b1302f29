import { setTimeout as sleep } from "node:timers/promises";

/** What a call costs: a place in something that has so many, for so long. It takes no CPU. */
export interface WorkSettings {
  /** How long one call holds its place, in milliseconds. */
  readonly ms: number;
  /** How many calls have a place at a time; the others queue, as for a pool of connections. */
  readonly places: number;
}

/** Simulated work, as of a database behind a service. */
export class Work {
  #settings: WorkSettings;
  #busy = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(settings: WorkSettings) {
    this.#settings = settings;
  }

  /** Holds from now on; calls at work keep their places until they have ended. */
  set(settings: WorkSettings): void {
    this.#settings = settings;
    this.#seat();
  }

  /** @throws when `signal` is aborted: nobody waits for it any more, and its place goes to the next */
  async perform(signal: AbortSignal): Promise<void> {
    await this.#place(signal);
    try {
      await sleep(this.#settings.ms, undefined, { signal });
    } finally {
      this.#busy--;
      this.#seat();
    }
  }

  async #place(signal: AbortSignal): Promise<void> {
    const seated = Promise.withResolvers<void>();
    const leave = (): void => {
      const at = this.#waiting.indexOf(seated.resolve);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      seated.reject(signal.reason);
    };
    signal.throwIfAborted();
    signal.addEventListener("abort", leave);
    this.#waiting.push(seated.resolve);
    this.#seat();
    try {
      await seated.promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #seat(): void {
    while (this.#busy < this.#settings.places) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#busy++;
      next();
    }
  }
}
