import { EventEmitter, once } from "node:events";
import type { Endpoint } from "./announcement.ts";

/** Whether an endpoint can take calls. One that does not tell always can. */
export class Serving implements Disposable {
  #now = true;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #unwatch: (() => void) | undefined;

  constructor(endpoint: Endpoint) {
    this.#unwatch = endpoint.watchServing?.((serving) => {
      if (serving === this.#now) return;
      this.#now = serving;
      this.#changes.emit("change");
    });
  }

  get now(): boolean {
    return this.#now;
  }

  /** Resolves when it is `wanted`, or `signal` is aborted. */
  async until(wanted: boolean, signal: AbortSignal): Promise<void> {
    while (this.#now !== wanted && !signal.aborted) {
      // What it rejects with is the abortion, which ends the loop.
      await once(this.#changes, "change", { signal }).catch(() => undefined);
    }
  }

  [Symbol.dispose](): void {
    this.#unwatch?.();
  }
}
