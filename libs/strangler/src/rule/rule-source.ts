import type { TrafficRule } from "./traffic-rule.ts";

/** The rule that holds in this process. */
export interface RuleInEffect {
  readonly rule: TrafficRule;
  /** At which revision of etcd it was written; undefined for one that is the default, or from a file. */
  readonly revision: bigint | undefined;
  /** Since when it holds here, by `performance.now()`. */
  readonly since: number;
}

/** Where a split has its rule from: {@link watchTraffic}, or {@link fixedRule}. */
export interface RuleSource {
  readonly current: RuleInEffect;
  /** Calls `listener` with each rule after the current one. @returns a function that ends it */
  subscribe(listener: (current: RuleInEffect) => void): () => void;
}

/** A rule that changes only when this process says so. */
export interface SettableRule extends RuleSource {
  set(rule: TrafficRule, revision?: bigint): void;
}

export function fixedRule(rule: TrafficRule, now: () => number = () => performance.now()): SettableRule {
  const listeners = new Set<(current: RuleInEffect) => void>();
  let current: RuleInEffect = { rule, revision: undefined, since: now() };
  return {
    get current() {
      return current;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next, revision) {
      current = { rule: next, revision, since: now() };
      for (const listener of listeners) listener(current);
    },
  };
}
