import { RetryInfoSchema } from "@banyan/stubs-standard/error-details";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import type { RuleInEffect, RuleSource } from "../rule/rule-source.ts";
import type { Side } from "../side.ts";

/** So many callers may wait for the end of a pause. */
const maxWaiting = 1000;

/** What a caller is asked to wait before it tries again, in milliseconds, whatever is left of the pause. */
const retryMs = { min: 100, max: 1000 };

/** A write that may be made now. */
export interface WritePermit {
  readonly side: Side;
  readonly epoch: number;
  /** To be called once, when the write has ended. */
  readonly done: () => void;
}

export interface WriteStatus {
  readonly owner: Side;
  readonly epoch: number;
  readonly paused: boolean;
  /** Writes that have not ended. Where this is 0 while writes are paused, this process writes nothing. */
  readonly inFlight: number;
  /** Callers that wait for the end of the pause. */
  readonly waiting: number;
}

/**
 * Lets writes through to their one owner, and holds them while the rule pauses them. A pause ends with the next rule that has
 * none, or after its `seconds`, counted from when this process has learnt of the rule.
 */
export class WriteGate implements Disposable {
  #inFlight = 0;
  #isClosed = false;
  readonly #waiting = new Set<() => void>();
  readonly #name: string;
  readonly #source: RuleSource;
  readonly #unsubscribe: () => void;

  constructor(name: string, source: RuleSource) {
    this.#name = name;
    this.#source = source;
    this.#unsubscribe = source.subscribe(() => this.#wakeAll());
  }

  status(): WriteStatus {
    const { current } = this.#source;
    const { owner, epoch } = current.rule.writes;
    const paused = pausedMs(current) > 0;
    return { owner, epoch, paused, inFlight: this.#inFlight, waiting: this.#waiting.size };
  }

  /**
   * The permit for a write, at once where nothing is paused.
   *
   * @param waitMs how long the caller can wait, in milliseconds; Infinity for one without a deadline
   * @throws {ConnectError} UNAVAILABLE with google.rpc.RetryInfo when the pause outlasts the wait, or too many wait already;
   *   CANCELED when `signal` is aborted
   */
  enter(waitMs: number, signal: AbortSignal | undefined): WritePermit | Promise<WritePermit> {
    return pausedMs(this.#source.current) > 0 ? this.#wait(waitMs, signal) : this.#permit();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#unsubscribe();
    this.#wakeAll();
  }

  async #wait(waitMs: number, signal: AbortSignal | undefined): Promise<WritePermit> {
    const { pause } = this.#source.current.rule.writes;
    const until = performance.now() + Math.min(waitMs, pause?.waitMs ?? 0);
    for (;;) {
      if (signal?.aborted === true) throw ConnectError.from(signal.reason, Code.Canceled);
      const leftOfPause = pausedMs(this.#source.current);
      if (leftOfPause <= 0) return this.#permit();
      const leftMs = until - performance.now();
      if (leftMs <= 0 || this.#isClosed || this.#waiting.size >= maxWaiting) throw this.#turnedAway(leftOfPause);
      await this.#change(Math.min(leftMs, leftOfPause), signal);
    }
  }

  #permit(): WritePermit {
    const { owner, epoch } = this.#source.current.rule.writes;
    this.#inFlight += 1;
    return { side: owner, epoch, done: () => (this.#inFlight -= 1) };
  }

  #turnedAway(leftMs: number): ConnectError {
    const retryDelay = durationFromMs(Math.round(Math.min(retryMs.max, Math.max(retryMs.min, leftMs))));
    const details = [{ desc: RetryInfoSchema, value: { retryDelay } }];
    const message = `writes of ${this.#name} are paused for a moment: try again`;
    return new ConnectError(message, Code.Unavailable, undefined, details);
  }

  /** Waits `ms`, or until there is another rule, or until `signal` is aborted. Never rejects. */
  #change(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(wake);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, Math.ceil(ms));
    this.#waiting.add(wake);
    signal?.addEventListener("abort", wake);
    return promise;
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }
}

/** What is left of the pause that a rule asks for, in milliseconds. */
function pausedMs({ rule, since }: RuleInEffect): number {
  const { pause } = rule.writes;
  return pause === undefined ? 0 : since + pause.seconds * 1000 - performance.now();
}
