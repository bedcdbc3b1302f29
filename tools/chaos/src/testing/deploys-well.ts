import { expect } from "vitest";
import { faultsOf, formatDeploys } from "../deploy/deploy-report.ts";
import { runDeploys } from "../deploy/deploy-run.ts";
import type { RollingOptions } from "../rolling/rolling-run.ts";
import { services } from "../rolling/service-instance.ts";

/** Deploys a next version of every service under load, and fails, with the report, when a caller could notice. */
export async function deploysWell(options: Omit<RollingOptions, "onProgress">): Promise<void> {
  const result = await runDeploys({ ...options, onProgress: () => undefined });
  const report = formatDeploys(result);
  expect(faultsOf(result), report).toEqual([]);
  expect(result.deploys.map(({ service }) => service)).toEqual([...services]);
  expect(result.ends.length).toBeGreaterThanOrEqual(options.calls);
}
