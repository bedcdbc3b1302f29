import { checked, integerIn, numberIn } from "./bound.ts";
import { defaultBudget } from "./defaults.ts";

/** The names are those of gRPC's `retryThrottling`. */
export interface RetryBudgetOptions {
  /** A whole number in [2, 1000]. Default 200. */
  readonly maxTokens: number;
  /** What a call that was answered gives back, in [0.001, 1]. Default 0.1. */
  readonly tokenRatio: number;
}

export const budgetBounds = { maxTokens: integerIn(2, 1000), tokenRatio: numberIn(0.001, 1) } as const;

/**
 * How much may be tried again, for all calls to one service together, so that a retry storm cannot outlive its cause: a
 * token bucket in which each failed attempt costs one token and each answer gives `tokenRatio` back. Retries and hedges
 * are made while more than half of the tokens are left.
 *
 * Beyond the gRFC a hedge costs one token as well: else calls that are all slow, and none of which fails, would all be doubled.
 *
 * @see https://github.com/grpc/proposal/blob/master/A6-client-retries.md#throttling-retry-attempts-and-hedged-rpcs
 */
export class RetryBudget {
  #maxTokens: number;
  #tokenRatio: number;
  #tokens: number;

  /** @throws {RangeError} naming field, rule and value */
  constructor(options: Partial<RetryBudgetOptions> = {}) {
    const { maxTokens, tokenRatio } = { ...defaultBudget, ...options };
    this.#maxTokens = checked("maxTokens", budgetBounds.maxTokens, maxTokens);
    this.#tokenRatio = checked("tokenRatio", budgetBounds.tokenRatio, tokenRatio);
    this.#tokens = maxTokens;
  }

  /** In [0, maxTokens]. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Whether something may be tried again now. */
  get allows(): boolean {
    return this.#tokens > this.#maxTokens / 2;
  }

  /** To be told of each attempt that was answered: OK, or a code that no retry would change. */
  succeeded(): void {
    this.#tokens = Math.min(this.#maxTokens, this.#tokens + this.#tokenRatio);
  }

  /** Told by `decideRetry` of each attempt that failed with a code that may be tried again, whether or not it is. */
  failed(): void {
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  /** Pays for a hedge, in the moment in which it would be sent. @returns false when it must not be */
  payForHedge(): boolean {
    if (!this.allows) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Takes other numbers; as full as it was, in proportion. @throws {RangeError} as the constructor does */
  configure(options: Partial<RetryBudgetOptions> = {}): void {
    const { maxTokens, tokenRatio } = { ...defaultBudget, ...options };
    const fill = this.#tokens / this.#maxTokens;
    this.#tokenRatio = checked("tokenRatio", budgetBounds.tokenRatio, tokenRatio);
    this.#maxTokens = checked("maxTokens", budgetBounds.maxTokens, maxTokens);
    this.#tokens = fill * maxTokens;
  }
}
