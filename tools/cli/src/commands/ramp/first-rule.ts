import { ExpectedError } from "@banyan/service";
import { legacyRule, noRule, type TrafficRule, type TrafficStore } from "@banyan/strangler";
import type { RampArguments } from "./arguments.ts";

/** Where a ramp begins. */
export interface Beginning {
  /** As it was found. */
  readonly rule: TrafficRule;
  readonly revision: bigint;
  /** The candidate's share of the reads then, in per cent. */
  readonly percent: number;
}

/** @throws {ExpectedError} when this is no moment for a ramp, with what to do */
export async function findBeginning(
  store: Pick<TrafficStore, "read" | "listReports" | "listHistory">,
  { service, to, takeOver }: RampArguments,
): Promise<Beginning> {
  const { rule, revision } = (await store.read(service)) ?? { rule: legacyRule, revision: noRule };
  const percent = shareOf(rule);
  const found = { rule, revision, percent };
  const split = Object.entries(rule.methods).filter(([, method]) => method.percent !== undefined);
  if (split.length > 0) {
    const names = split.map(([name]) => name).join(", ");
    throw new ExpectedError(
      `the rule of ${service} has percentages of its own for ${names}: take them out first, a ramp moves the service's`,
    );
  }
  if (to < percent) return found; // the way back is open to everybody at any time
  if (rule.mode === "all") throw new ExpectedError(`all reads of ${service} are the candidate's already (mode all)`);
  const ofThisRule = (await store.listHistory(service)).filter((entry) => entry.revision === String(revision));
  const last = ofThisRule.at(-1);
  if (!takeOver && last?.what === "step") {
    throw new ExpectedError(
      `a ramp of ${service} by ${last.by} is at ${percent} % since ${last.at} and has not said that it ended: ` +
        `wait for it, or take its place with --take-over where it was killed`,
    );
  }
  if ((await store.listReports(service)).length === 0) {
    throw new ExpectedError(
      `no split of ${service} reports: start what calls it, with the etcd that this command asks, and see banyan status`,
    );
  }
  return found;
}

/** The candidate's share of the reads, in per cent. */
export function shareOf({ mode, percent }: TrafficRule): number {
  if (mode === "all") return 100;
  return mode === "split" ? percent : 0;
}
