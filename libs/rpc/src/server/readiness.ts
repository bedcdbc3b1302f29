import type { Logger } from "@banyan/telemetry";
import type { ServingMonitor } from "./serving-monitor.ts";

/** What an instance still lacks before it should get calls. */
export interface Lack {
  readonly what: string;
  /** What keeps it from serving, where that is known: `database`. */
  readonly dependency?: string;
  readonly state: "not serving" | "pending" | "failed";
  /** ISO 8601. */
  readonly since: string;
}

type Condition = { readonly what: string; state: "pending" | "failed" | "met"; since: Date };

/** Ready is an instance that serves, once every condition has been met. A condition that was met stays met. */
export class Readiness {
  readonly #monitor: ServingMonitor;
  readonly #log: Logger;
  readonly #conditions: Condition[] = [];

  constructor(monitor: ServingMonitor, log: Logger) {
    this.#monitor = monitor;
    this.#log = log;
  }

  /** Adds a condition that is met when `done` resolves; when it rejects, the instance never becomes ready. */
  waitFor(what: string, done: Promise<unknown>): void {
    const condition: Condition = { what, state: "pending", since: new Date() };
    this.#conditions.push(condition);
    done.then(
      () => Object.assign(condition, { state: "met", since: new Date() }),
      (error: unknown) => {
        Object.assign(condition, { state: "failed", since: new Date() });
        if (!this.#monitor.stopped) this.#log.warn({ error, what }, "will not become ready");
      },
    );
  }

  /** Empty for an instance that is ready. */
  lacks(): Lack[] {
    const { status, since, missing } = this.#monitor;
    const lacks: Lack[] = [];
    if (status === "NOT_SERVING") {
      const dependency = missing !== undefined && { dependency: missing };
      lacks.push({ what: "health", ...dependency, state: "not serving", since: since.toISOString() });
    }
    for (const { what, state, since: changed } of this.#conditions) {
      if (state !== "met") lacks.push({ what, state, since: changed.toISOString() });
    }
    return lacks;
  }
}
