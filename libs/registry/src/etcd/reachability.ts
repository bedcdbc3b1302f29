/** Where the registry writes its log; a pino logger is one. */
export interface RegistryLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

/**
 * Knows from the outcome of all calls whether etcd answers. An outage is one line in the log when it begins and one
 * when it ends, however many announcements and watches go through it; its end wakes those that pause.
 */
export class Reachability {
  #outage: { readonly since: number } | undefined;
  readonly #pauses = new Set<() => void>();
  readonly #log: RegistryLog;
  readonly #fields: object;

  /** @param fields say in the log which etcd it is about */
  constructor(log: RegistryLog, fields: object) {
    this.#log = log;
    this.#fields = fields;
  }

  answered(): void {
    if (this.#outage === undefined) return;
    const outageMs = Math.round(performance.now() - this.#outage.since);
    this.#outage = undefined;
    this.#log.info({ ...this.#fields, outageMs }, "etcd answers again");
    for (const wake of this.#pauses) wake();
  }

  failed(error: Error): void {
    if (this.#outage !== undefined) return;
    this.#outage = { since: performance.now() };
    this.#log.warn({ ...this.#fields, error: error.message }, "etcd does not answer; trying until it does");
  }

  /** Waits `ms`, or until an outage ends, or until `signal` is aborted. Never rejects. */
  pause(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => {
      clearTimeout(timer);
      this.#pauses.delete(wake);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, Math.max(0, ms));
    this.#pauses.add(wake);
    signal.addEventListener("abort", wake);
    if (signal.aborted) wake();
    return promise;
  }
}
