import { EventEmitter, once } from "node:events";
import { InfrastructureError } from "@banyan/errors";
import type { Logger } from "@banyan/telemetry";

export type ServingStatus = "SERVING" | "NOT_SERVING";

export interface ServingMonitorOptions {
  /** Resolves when the service can do its work, as in `() => database.ping()`. */
  readonly healthy: () => Promise<unknown>;
  readonly log: Logger;
  /** The rest between an answer of `healthy` and the next question, in milliseconds. Default 1000. */
  readonly intervalMs?: number;
  /** An answer that takes longer counts as a failure, in milliseconds. Default 1000. */
  readonly boundMs?: number;
}

/** Whether a service serves: it does while `healthy` resolves in time. Asks again and again, one question at a time. */
export class ServingMonitor {
  readonly #options: Required<ServingMonitorOptions>;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  /** Undefined before the first answer. */
  #status: ServingStatus | undefined;
  #since = new Date();
  #missing: string | undefined;
  #stopped = false;
  #nextQuestion: NodeJS.Timeout | undefined;

  constructor(options: ServingMonitorOptions) {
    this.#options = { intervalMs: 1000, boundMs: 1000, ...options };
  }

  get status(): ServingStatus {
    return this.#status ?? "NOT_SERVING";
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** When the status last changed. */
  get since(): Date {
    return this.#since;
  }

  /** The dependency that keeps the service from serving, where `healthy` failed with an error that names it. */
  get missing(): string | undefined {
    return this.#missing;
  }

  /** Resolves when the first answer is there, or late; goes on asking after that. */
  async start(): Promise<void> {
    await this.#ask();
  }

  /** NOT_SERVING from now on, for good. */
  stop(): void {
    if (this.#status === "SERVING") this.#become("NOT_SERVING");
    this.#stopped = true;
    clearTimeout(this.#nextQuestion);
  }

  /**
   * The status now, and each one that follows; one that lasted too short to be seen may be skipped.
   *
   * @throws AbortError from the iteration once `signal` is aborted
   */
  async *follow(signal: AbortSignal): AsyncGenerator<ServingStatus, never> {
    let told: ServingStatus | undefined;
    for (;;) {
      if (told !== this.status) yield (told = this.status);
      else await once(this.#changes, "change", { signal });
    }
  }

  /**
   * Calls `listener` at once with whether the service serves, and again after each change. What a listener throws is
   * logged, and disturbs nobody else.
   *
   * @returns a function that ends it
   */
  watchServing(listener: (serving: boolean) => void): () => void {
    let told: boolean | undefined;
    const tell = (): void => {
      const serving = this.status === "SERVING";
      if (serving === told) return;
      told = serving;
      try {
        listener(serving);
      } catch (error) {
        this.#options.log.error({ error, serving }, "a listener of the serving status failed");
      }
    };
    this.#changes.on("change", tell);
    tell();
    return () => void this.#changes.off("change", tell);
  }

  /** Resolves when the question is answered or the answer is late. */
  #ask(): Promise<void> {
    const { healthy, intervalMs, boundMs } = this.#options;
    const { promise: concluded, resolve } = Promise.withResolvers<void>();
    let open = true;
    const conclude = (status: ServingStatus, error?: unknown): void => {
      if (open) {
        this.#missing = error instanceof InfrastructureError ? error.dependency : undefined;
        this.#become(status, error);
      }
      open = false;
      resolve();
    };
    const late = setTimeout(
      () => conclude("NOT_SERVING", new Error(`no answer within ${boundMs} ms`)),
      boundMs,
    ).unref();
    void Promise.try(healthy)
      .then(
        () => conclude("SERVING"),
        (error: unknown) => conclude("NOT_SERVING", error),
      )
      .finally(() => {
        clearTimeout(late);
        if (!this.#stopped) this.#nextQuestion = setTimeout(() => void this.#ask(), intervalMs).unref();
      });
    return concluded;
  }

  #become(status: ServingStatus, error?: unknown): void {
    if (this.#stopped || status === this.#status) return;
    this.#status = status;
    this.#since = new Date();
    if (error === undefined) this.#options.log.info({ status }, "serving status");
    else this.#options.log.warn({ status, error }, "serving status");
    this.#changes.emit("change");
  }
}
