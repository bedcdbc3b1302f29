import type { ListedInstance } from "@banyan/registry";
import type { StoredRule, TrafficReport } from "@banyan/strangler";

/** What is known of the traffic of one service at a moment. */
export interface ServiceStatus {
  readonly service: string;
  /** Undefined where nobody has written one. */
  readonly stored: StoredRule | { readonly malformed: string } | undefined;
  readonly reports: readonly TrafficReport[];
  /** The instances of all services, some of which have splits. */
  readonly listed: readonly ListedInstance[];
}

/** What an operator should look at, a line each. */
export function warningsOf({ service, stored, reports, listed }: ServiceStatus): readonly string[] {
  const warnings: string[] = [];
  if (stored !== undefined && "malformed" in stored) {
    warnings.push(`the rule is refused, and splits go on with the one before: ${stored.malformed}`);
  }
  if (stored !== undefined && reports.length === 0) warnings.push("no split reports: nobody follows the rule");
  const revision = stored === undefined || "malformed" in stored ? undefined : String(stored.revision);
  for (const { instance, rule, guard } of reports) {
    if (revision !== undefined && rule.revision !== revision) {
      warnings.push(`${instance} follows the rule of revision ${rule.revision ?? "none"}, not ${revision}`);
    }
    if (guard !== "closed") warnings.push(`the guard of ${instance} is ${guard}: the candidate fails too often there`);
  }
  for (const key of silentOnes(reports, listed))
    warnings.push(`${key} is listed, and its split of ${service} does not report`);
  const owners = new Set(reports.map(({ writes }) => `${writes.owner} (epoch ${writes.epoch})`));
  if (owners.size > 1) warnings.push(`splits disagree on who owns the writes: ${[...owners].join(", ")}`);
  return warnings;
}

/** Where one instance of a service has a split, the others should have one too. */
function silentOnes(reports: readonly TrafficReport[], listed: readonly ListedInstance[]): readonly string[] {
  const reporting = new Set(reports.map(({ instance }) => instance));
  const hosts = new Set(listed.filter(({ id }) => reporting.has(id)).map(({ service }) => service));
  return listed.filter(({ service, id }) => hosts.has(service) && !reporting.has(id)).map(({ key }) => key);
}
