/** How long nobody dials after failures in a row, in milliseconds: the first and the longest, and how it grows. */
const firstMs = 50;
const longestMs = 1000;
const growth = 1.6;

/** Failures to open a connection, and when the next one may be tried. @see https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;
  #until = 0;
  #error: Error | undefined;

  /** @param random in [0, 1) */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Why nobody dials now; undefined when one may. @param nowMs by `performance.now()` */
  reason(nowMs: number): Error | undefined {
    return nowMs < this.#until ? this.#error : undefined;
  }

  failed(error: Error, nowMs: number): void {
    const waitMs = Math.min(longestMs, firstMs * growth ** this.#failures++);
    this.#until = nowMs + waitMs * (0.8 + 0.4 * this.#random());
    this.#error = error;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#until = 0;
  }
}
