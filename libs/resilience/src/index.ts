export { AdaptiveThrottle, type AdaptiveThrottleOptions } from "./adaptive-throttle.ts";
export { backoffMs, type Backoff } from "./backoff.ts";
export { ConcurrencyLimit } from "./concurrency-limit.ts";
export type { ConcurrencyLimitOptions } from "./concurrency-options.ts";
export {
  attemptTimeoutMs,
  createMargin,
  deadlineOf,
  remainingMs,
  type Margin,
  type TimeoutPolicy,
} from "./deadline.ts";
export * as defaults from "./defaults.ts";
export { hedgeDelayMs, type HedgingPolicy } from "./hedging.ts";
export { InstanceRests, type InstanceRestsOptions } from "./instance-rests.ts";
export { LatencyTracker, type LatencyTrackerOptions } from "./latency-tracker.ts";
export { LivePolicy, type PolicyUpdate } from "./live-policy.ts";
export { parsePolicy, type ParsePolicyOptions } from "./parse-policy.ts";
export {
  defaultMethodPolicy,
  defaultPolicy,
  policyFor,
  type LoadBalancing,
  type MethodPolicy,
  type Policy,
  type ServicePolicy,
} from "./policy.ts";
export type { Permit, Refusal } from "./permit.ts";
export { PolicyError, type PolicyViolation } from "./policy-error.ts";
export { pushbackHeader, pushbackMsOf } from "./pushback.ts";
export {
  decideRetry,
  type AttemptFailure,
  type CallProgress,
  type NoRetry,
  type RetryDecision,
  type RetryPolicy,
} from "./retry.ts";
export { RetryBudget, type RetryBudgetOptions } from "./retry-budget.ts";
export { WaitingCalls } from "./waiting-calls.ts";
