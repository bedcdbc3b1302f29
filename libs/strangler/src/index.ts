export { failureCodes, outcomeOf, type Outcome } from "./outcome.ts";
export {
  latencyBoundsMs,
  latencyBuckets,
  latencyQuantileMs,
  mergeLatencies,
  slowerThan,
  type LatencyCounts,
} from "./report/latency.ts";
export {
  countedEvents,
  emptyCounts,
  mergeCounts,
  type CountedEvent,
  type MethodCounts,
  type SideCounts,
} from "./report/method-counts.ts";
export { checkRampPlan, defaultRampPlan, rampBounds, type RampPlan } from "./ramp/ramp-plan.ts";
export { Ramp, type RampFigures, type RampVerdict, type RollbackReason } from "./ramp/ramp.ts";
export { reasonText } from "./ramp/reason-text.ts";
export type { Sample } from "./ramp/sequential-test.ts";
export type { Step } from "./ramp/step-counts.ts";
export { publishReports, type PublishReportsOptions, type Reporting } from "./report/publish-reports.ts";
export {
  fleetCounts,
  formatTrafficReport,
  parseTrafficReport,
  type Mismatch,
  type MismatchSample,
  type TrafficReport,
} from "./report/traffic-report.ts";
export { fixedRule, type RuleInEffect, type RuleSource, type SettableRule } from "./rule/rule-source.ts";
export {
  formatTrafficRule,
  legacyRule,
  parseTrafficRule,
  type Mode,
  type TrafficRule,
  type TrafficRuleInit,
} from "./rule/traffic-rule.ts";
export { TrafficRuleError, type RuleViolation } from "./rule/traffic-rule-error.ts";
export { watchTraffic, type LiveRule, type RuleValues, type WatchTrafficOptions } from "./rule/watch-traffic.ts";
export { compareMessages, type Comparison, type Difference } from "./shadow/compare-messages.ts";
export { compareOutcomes, type Ended } from "./shadow/compare-outcomes.ts";
export { comparisonRules, type ComparisonRules } from "./shadow/comparison-rules.ts";
export { shadowTransport } from "./shadow/shadow-transport.ts";
export { otherThan, sides, type Side } from "./side.ts";
export { bucketOf } from "./split/bucket.ts";
export { decide, percentOf, type DecidedCall, type DecidedMethod, type Decision } from "./split/decide.ts";
export { sideHeader, writeEpochHeader, writeEpochOf } from "./split/headers.ts";
export { splitTransport, type SplitOptions, type SplitTransport } from "./split/split-transport.ts";
export type { WriteStatus } from "./split/write-gate.ts";
export { createTrafficStore } from "./store/etcd-traffic-store.ts";
export type { HistoryEntry } from "./store/history-entry.ts";
export { noRule, type StoredRule, type TrafficNews, type TrafficStore } from "./store/traffic-store.ts";
export type { TrafficLog } from "./traffic-log.ts";
