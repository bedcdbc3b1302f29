import type { StoredRule, TrafficRule, TrafficStore } from "@banyan/strangler";
import { changeRule } from "./change-rule.ts";

/**
 * Lets a read that misses be asked of the owner of the writes. While data move, the other side is behind by the mover's lag:
 * what it does not have yet is no answer. Writes the rule, with the mode off, where there is none.
 */
export function allowReadMisses(store: TrafficStore, service: string): Promise<StoredRule> {
  return changeRule(store, service, (rule) =>
    rule.readMissFallback ? undefined : { ...rule, readMissFallback: true },
  );
}

/**
 * The rule under which reads go where they went, and are asked of the owner where they miss. The modes off and all ask one
 * side and no other: they become the mode split with all reads on that side.
 */
export function withReadMisses(rule: TrafficRule): TrafficRule {
  const { mode } = rule;
  if (mode !== "off" && mode !== "all") return { ...rule, readMissFallback: true };
  const methods = Object.fromEntries(
    Object.entries(rule.methods).map(([name, { percent: _percent, ...rest }]) => [name, rest]),
  );
  return { ...rule, mode: "split", percent: mode === "all" ? 100 : 0, methods, readMissFallback: true };
}
