import { legacyRule, parseTrafficRule, type TrafficRule } from "./traffic-rule.ts";
import { TrafficRuleError } from "./traffic-rule-error.ts";

export type Succession =
  { readonly tag: "taken"; readonly rule: TrafficRule } | { readonly tag: "refused"; readonly error: TrafficRuleError };

/**
 * The rule after another one. Beside a rule that is malformed, one is refused that could give the writes two owners: its
 * epoch is lower, or it changes the owner within one epoch, or it was deleted while the candidate owns them.
 *
 * @param text as it stands in etcd; undefined when there is none
 */
export function successionOf(current: TrafficRule, text: string | undefined): Succession {
  try {
    const rule = text === undefined ? withoutRule(current) : parseTrafficRule(text);
    checkWrites(current.writes, rule.writes);
    return { tag: "taken", rule };
  } catch (error) {
    if (error instanceof TrafficRuleError) return { tag: "refused", error };
    throw error;
  }
}

/** The epoch stays: a resource that is fenced with it would refuse every write that names an older one. */
function withoutRule({ writes: { owner, epoch } }: TrafficRule): TrafficRule {
  if (owner === "legacy") return { ...legacyRule, writes: { owner, epoch } };
  throw new TrafficRuleError([{ field: "", rule: "one, for the candidate owns the writes", value: "nothing" }]);
}

function checkWrites(current: TrafficRule["writes"], next: TrafficRule["writes"]): void {
  const field = "writes.epoch";
  if (next.epoch < current.epoch) {
    throw new TrafficRuleError([{ field, rule: `at least ${current.epoch}, as before`, value: String(next.epoch) }]);
  }
  if (next.epoch === current.epoch && next.owner !== current.owner) {
    const rule = `more than ${current.epoch}, for the owner is another one`;
    throw new TrafficRuleError([{ field, rule, value: String(next.epoch) }]);
  }
}
