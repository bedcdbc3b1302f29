import type { TimeoutPolicy } from "./deadline.ts";
import { defaultDeadline, defaultHedging, defaultRetry } from "./defaults.ts";
import type { HedgingPolicy } from "./hedging.ts";
import type { RetryBudgetOptions } from "./retry-budget.ts";
import type { RetryPolicy } from "./retry.ts";

/** What holds for the calls of one method. */
export interface MethodPolicy extends TimeoutPolicy {
  /** Undefined: only what was certainly not processed is tried again. */
  readonly retry: RetryPolicy | undefined;
  /** Undefined: never hedged. */
  readonly hedging: HedgingPolicy | undefined;
}

export interface ServicePolicy {
  /** For methods that are not named. */
  readonly anyMethod: MethodPolicy;
  readonly methods: ReadonlyMap<string, MethodPolicy>;
}

/** How instances are chosen, as `loadBalancingConfig` names it. */
export interface LoadBalancing {
  readonly strategy: string;
  /** As it was given: the balancer knows what it means. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What holds for the calls to one service, method by method; plain data, resolved when it is parsed. */
export interface Policy {
  /** For services that are not named. */
  readonly anyService: MethodPolicy;
  /** By full name, as in `user.v1.UserService`. */
  readonly services: ReadonlyMap<string, ServicePolicy>;
  /** Undefined: the defaults. */
  readonly retryThrottling: RetryBudgetOptions | undefined;
  /** Undefined: the balancer's default. */
  readonly loadBalancing: LoadBalancing | undefined;
}

export const defaultMethodPolicy: MethodPolicy = {
  timeoutMs: defaultDeadline.timeoutMs,
  timeoutLimitMs: Infinity,
  retry: {
    maxAttempts: defaultRetry.maxAttempts,
    initialBackoffMs: defaultRetry.initialBackoffMs,
    maxBackoffMs: defaultRetry.maxBackoffMs,
    backoffMultiplier: defaultRetry.backoffMultiplier,
    retryableStatusCodes: new Set(defaultRetry.retryableStatusCodes),
    perAttemptRecvTimeoutMs: undefined,
  },
  hedging: {
    maxAttempts: defaultHedging.maxAttempts,
    delay: { tag: "percentile", percentile: defaultHedging.percentile },
    nonFatalStatusCodes: new Set(defaultHedging.nonFatalStatusCodes),
  },
};

/** What holds while nobody has said anything else. */
export const defaultPolicy: Policy = {
  anyService: defaultMethodPolicy,
  services: new Map(),
  retryThrottling: undefined,
  loadBalancing: undefined,
};

/**
 * What holds for a method: what is said of it, else of its service, else of all. Two look-ups, and always the same object
 * for the same method of the same policy.
 *
 * @param serviceTypeName as in `user.v1.UserService`
 * @param methodName as in `GetUser`
 */
export function policyFor(policy: Policy, serviceTypeName: string, methodName: string): MethodPolicy {
  const service = policy.services.get(serviceTypeName);
  if (service === undefined) return policy.anyService;
  return service.methods.get(methodName) ?? service.anyMethod;
}
