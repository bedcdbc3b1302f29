import { monitorEventLoopDelay } from "node:perf_hooks";
import {
  ConcurrencyLimit,
  defaults,
  WaitingCalls,
  type ConcurrencyLimitOptions,
  type Permit,
  type Refusal,
} from "@banyan/resilience";
import type { Family } from "@banyan/telemetry";
import { Code, ConnectError, type Interceptor, type UnaryRequest } from "@connectrpc/connect";
import { turnedAway } from "../wire/turned-away.ts";

/** How often the delay of the event loop is looked at, in milliseconds, and how finely it is measured. */
const delayWindowMs = 100;
const delayResolutionMs = 10;

/**
 * Limits the unary calls that are worked on at a time, to what the server can do. The rest is answered RESOURCE_EXHAUSTED,
 * with google.rpc.RetryInfo, so that callers go elsewhere or wait: at once in an overload, after up to 50 ms when many have come
 * all at once. Streams are not counted: they may live for hours.
 */
export class CallLimit implements Disposable {
  readonly interceptor: Interceptor;
  readonly #limit: ConcurrencyLimit;
  readonly #waiting: WaitingCalls;
  readonly #delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  readonly #sampling: NodeJS.Timeout;
  #expiry: NodeJS.Timeout | undefined;
  #turnedAway = 0;

  /** @throws {RangeError} when an option is out of bounds */
  constructor(options: Partial<ConcurrencyLimitOptions> = {}) {
    const { maxLimit = defaults.defaultConcurrency.maxLimit } = options;
    this.#limit = new ConcurrencyLimit({ minLimit: Math.min(defaults.serverMinLimit, maxLimit), ...options });
    this.#waiting = new WaitingCalls(this.#limit);
    this.#delay.enable();
    this.#sampling = setInterval(() => this.#sampleDelay(), delayWindowMs).unref();
    this.interceptor = (next) => (request) => (request.stream ? next(request) : this.#limited(next, request));
  }

  /** How many calls may be worked on now. */
  get limit(): number {
    return this.#limit.limit;
  }

  get inFlight(): number {
    return this.#limit.inFlight;
  }

  /** For `metrics.observe`. */
  get families(): readonly Family[] {
    const family = { type: "gauge", labels: [] } as const;
    return [
      {
        ...family,
        name: "banyan_server_concurrency_limit",
        help: "Unary calls that may be worked on at a time.",
        read: () => [{ labels: {}, value: this.limit }],
      },
      {
        ...family,
        name: "banyan_server_concurrency_in_flight",
        help: "Unary calls that are being worked on, of those that are limited.",
        read: () => [{ labels: {}, value: this.inFlight }],
      },
      {
        ...family,
        type: "counter",
        name: "banyan_server_sheds_total",
        help: "Calls that were turned away because there were too many.",
        read: () => [{ labels: {}, value: this.#turnedAway }],
      },
    ];
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#expiry);
    this.#waiting.expire(Infinity);
    clearInterval(this.#sampling);
    this.#delay.disable();
  }

  async #limited(next: ReturnType<Interceptor>, request: UnaryRequest): ReturnType<typeof next> {
    const now = performance.now();
    const permit = this.#limit.isFull ? await this.#place(now) : this.#limit.acquire(now);
    if (permit.tag === "refusal") {
      this.#turnedAway++;
      throw turnedAway("too many calls at a time: try again elsewhere, or later", permit.retryAfterMs);
    }
    try {
      const response = await next(request);
      this.#release(permit, "finished");
      return response;
    } catch (error) {
      const { code } = ConnectError.from(error);
      this.#release(permit, tellNothing.has(code) ? "ignored" : "finished");
      throw error;
    }
  }

  #place(now: number): Promise<Permit | Refusal> {
    return new Promise((resolve) => {
      const refusal = this.#waiting.enter(now, resolve);
      if (refusal !== undefined) return resolve(refusal);
      this.#expiry ??= this.#expireIn(defaults.defaultWaiting.maxWaitMs);
    });
  }

  #release(permit: Permit, outcome: "finished" | "ignored"): void {
    const now = performance.now();
    permit.release(now, outcome);
    if (this.#waiting.size > 0) this.#waiting.admit(now);
  }

  /** After a pause of the process timers come first: those who wait are turned away after what has been answered meanwhile. */
  #expireIn(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => setImmediate(() => this.#expire()), delayMs);
  }

  #expire(): void {
    const leftMs = this.#waiting.expire(performance.now());
    this.#expiry = leftMs === undefined ? undefined : this.#expireIn(leftMs);
  }

  #sampleDelay(): void {
    // The histogram has the whole time between two turns of its timer; a loop that is idle has the timer's own.
    const meanMs = this.#delay.count > 0 ? this.#delay.mean / 1e6 - delayResolutionMs : 0;
    this.#delay.reset();
    this.#limit.noteEventLoopDelay(Math.max(0, meanMs));
  }
}

/** Of a call that ended like this, how long it took does not tell how busy the server is: refused at once, or given up. */
const tellNothing: ReadonlySet<Code> = new Set([
  Code.InvalidArgument,
  Code.Unauthenticated,
  Code.PermissionDenied,
  Code.Unimplemented,
  Code.Canceled,
]);
