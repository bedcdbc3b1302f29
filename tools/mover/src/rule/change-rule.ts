import { setTimeout as sleep } from "node:timers/promises";
import { EtcdUnreachableError } from "@banyan/registry";
import { ExpectedError } from "@banyan/service";
import { legacyRule, noRule, type StoredRule, type TrafficRule, type TrafficStore } from "@banyan/strangler";

const attempts = 100;
/** How long etcd may be away. */
const patienceMs = 10_000;

/**
 * Changes a rule, whatever else others change of it meanwhile: on a conflict it is read again. For changes that are right
 * whatever the rest of the rule says.
 *
 * @param change answers undefined when the rule is as it is to be
 * @returns the rule as it is then
 * @throws {EtcdUnreachableError} when etcd has not answered for 10 seconds
 * @throws {ExpectedError} when the rule changes each time that it is read
 */
export async function changeRule(
  store: TrafficStore,
  service: string,
  change: (rule: TrafficRule) => TrafficRule | undefined,
): Promise<StoredRule> {
  const until = performance.now() + patienceMs;
  for (let attempt = 1; ; attempt++) {
    try {
      const stored = await store.read(service);
      const rule = change(stored?.rule ?? legacyRule);
      if (rule === undefined) return { rule: stored?.rule ?? legacyRule, revision: stored?.revision ?? noRule };
      const revision = await store.write(service, rule, stored?.revision ?? noRule);
      if (revision !== "conflict") return { rule, revision };
    } catch (error) {
      // A write of which nobody knows is looked for by the next attempt.
      if (!(error instanceof EtcdUnreachableError)) throw error;
      if (performance.now() >= until) throw error;
      await sleep(200);
    }
    if (attempt === attempts) throw new ExpectedError(`/traffic/${service} changes all the time: stop what changes it`);
  }
}

/** The rule without a pause of its writes. */
export function unpaused(rule: TrafficRule): TrafficRule {
  const { pause: _pause, ...writes } = rule.writes;
  return { ...rule, writes };
}
