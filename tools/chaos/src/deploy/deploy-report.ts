import { begunWithin } from "../load/figures.ts";
import { inSeconds } from "../measure/seconds.ts";
import { formatColumns } from "../report/columns.ts";
import { describeVersions } from "../report/versions.ts";
import { describeLoad, failuresOf, joinSections } from "../rolling/rolling-report.ts";
import type { DeployResult } from "./deploy-run.ts";

const headings = ["service", "versions", "migrations", "old, new schema", "both", "calls meanwhile"];

/** What came of it, in Markdown. */
export function formatDeploys(result: DeployResult): string {
  const rows = result.deploys.map(({ service, from, to, migrations, migratedAt, readyAt, goneAt }) => [
    service,
    `${from} to ${to}`,
    migrations.join(", "),
    inSeconds(readyAt - migratedAt),
    inSeconds(goneAt - readyAt),
    String(begunWithin(result.ends, migratedAt, goneAt).length),
  ]);
  const changes = `${result.deploys.length} deploys, ${result.restarts.length} instances of the version before ended`;
  return joinSections([
    describeVersions(result.etcdVersion),
    formatColumns(headings, rows),
    ...describeLoad(result, changes),
  ]);
}

/** What a caller, or who looks at etcd afterwards, could notice of the deploys, in words; nothing, if all is well. */
export function faultsOf(result: DeployResult): readonly string[] {
  const mixed = result.deploys
    .filter(({ to, listed }) => listed.length === 0 || listed.some((version) => version !== to))
    .map(
      ({ service, to, listed }) => `${service}: etcd lists ${listed.join(", ") || "nobody"} after the deploy of ${to}`,
    );
  const unchanged = result.deploys
    .filter(({ migrations }) => migrations.length === 0)
    .map(({ service }) => `${service}: no migration was run`);
  return [...failuresOf(result), ...result.differences, ...mixed, ...unchanged];
}
