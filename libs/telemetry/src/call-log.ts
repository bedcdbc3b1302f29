import type { Logger } from "./logger.ts";

/** One call that has ended. */
export interface EndedCall {
  /** `package.Service/Method` */
  readonly method: string;
  /** As gRPC spells it: `NOT_FOUND`. */
  readonly code: string;
  readonly durationMs: number;
  /** Who called, `host:port`; undefined where that is not known. */
  readonly peer: string | undefined;
  /** What was asked, without its secrets; only written at level `debug`. */
  readonly request?: unknown;
}

export interface CallLogOptions {
  /** Lines of successful calls a second, as many at once; the rest is counted. In [0, Infinity]. Default Infinity. */
  readonly successesPerSecond?: number | undefined;
}

/**
 * Writes one line a call. A call that has failed is always written; of those that succeed so many a second, by a token
 * bucket, and the next line tells as `leftOut` how many were left out before it. Disposing tells of the last ones.
 *
 * Levels: `info` for what succeeded and for refusals that are the caller's doing, `warn` for overload and
 * unavailability, `error` for what is a defect of ours.
 */
export class CallLog implements Disposable {
  readonly #log: Logger;
  readonly #perSecond: number;
  #tokens: number;
  #filledAt = 0;
  #leftOut = 0;

  constructor(log: Logger, { successesPerSecond = Infinity }: CallLogOptions = {}) {
    this.#log = log;
    this.#perSecond = successesPerSecond;
    this.#tokens = successesPerSecond;
  }

  /** Whether a line tells what was asked. */
  get tellsRequests(): boolean {
    return this.#log.isLevelEnabled("debug");
  }

  /**
   * Whether a call that ends so has a line; one that succeeds and has none is counted. Ask once a call, and write then.
   *
   * @param now in milliseconds, by a clock that never goes back
   */
  admits(code: string, now: number): boolean {
    if (code === "OK" && !this.#takeToken(now)) {
      this.#leftOut++;
      return false;
    }
    return this.#log.isLevelEnabled(levelOf(code));
  }

  write({ method, code, durationMs, peer, request }: EndedCall): void {
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    this.#log[levelOf(code)](
      {
        method,
        code: code.toLowerCase(),
        durationMs: Math.round(durationMs * 1000) / 1000,
        ...(peer !== undefined && { peer }),
        ...(leftOut > 0 && { leftOut }),
        ...(request !== undefined && { request }),
      },
      "call",
    );
  }

  [Symbol.dispose](): void {
    if (this.#leftOut > 0) this.#log.info({ leftOut: this.#leftOut }, "calls that were left out of the log");
    this.#leftOut = 0;
  }

  #takeToken(now: number): boolean {
    if (this.#perSecond === Infinity) return true;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

function levelOf(code: string): "info" | "warn" | "error" {
  return levels.get(code) ?? "info";
}

const levels: ReadonlyMap<string, "warn" | "error"> = new Map([
  ["UNAVAILABLE", "warn"],
  ["DEADLINE_EXCEEDED", "warn"],
  ["RESOURCE_EXHAUSTED", "warn"],
  ["UNKNOWN", "error"],
  ["INTERNAL", "error"],
  ["DATA_LOSS", "error"],
]);
