import { setTimeout as sleep } from "node:timers/promises";
import { EtcdUnreachableError } from "@banyan/registry";
import { formatTrafficRule, type TrafficRule, type TrafficStore } from "@banyan/strangler";

const pauseMs = 500;
/** For so long; until then a rule may still be wanted by who has left the program alone. */
const patienceMs = 3_600_000;

export interface RuleWrite {
  readonly service: string;
  readonly rule: TrafficRule;
  /** Of the rule that it replaces. */
  readonly expectedRevision: bigint;
}

/**
 * Writes a rule if nobody else has since; while etcd cannot be reached it tries again, until `signal` is aborted, for an hour at most.
 *
 * @throws {EtcdUnreachableError} when it has given up: whether the rule was written is not known
 */
export async function writeRule(
  store: Pick<TrafficStore, "read" | "write">,
  { service, rule, expectedRevision }: RuleWrite,
  signal: AbortSignal,
): Promise<bigint | "conflict"> {
  const until = performance.now() + patienceMs;
  for (let isUncertain = false; ; isUncertain = true) {
    try {
      const revision = await store.write(service, rule, expectedRevision);
      return revision === "conflict" && isUncertain ? await ownRevision(store, service, rule) : revision;
    } catch (error) {
      if (!(error instanceof EtcdUnreachableError) || signal.aborted || performance.now() > until) throw error;
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined); // aborted: one more attempt is made
    }
  }
}

/** An attempt that nobody has answered may have been the one that is in the way. */
async function ownRevision(
  store: Pick<TrafficStore, "read">,
  service: string,
  rule: TrafficRule,
): Promise<bigint | "conflict"> {
  const stored = await store.read(service);
  const isOwn = stored !== undefined && formatTrafficRule(stored.rule) === formatTrafficRule(rule);
  return isOwn ? stored.revision : "conflict";
}
