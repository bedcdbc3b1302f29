import { expect } from "vitest";
import { failuresOf, formatRolling } from "../rolling/rolling-report.ts";
import { runRolling, type RollingOptions } from "../rolling/rolling-run.ts";
import { services } from "../rolling/service-instance.ts";

/** Restarts everything under load, and fails, with the report, when a caller could notice. */
export async function rollsWell(options: Omit<RollingOptions, "onProgress">): Promise<void> {
  const result = await runRolling({ ...options, onProgress: () => undefined });
  const report = formatRolling(result);
  expect([...failuresOf(result), ...result.differences], report).toEqual([]);
  expect(result.ends.length).toBeGreaterThanOrEqual(options.calls);
  expect(new Set(result.restarts.map(({ name }) => name)).size, report).toBeGreaterThanOrEqual(
    services.length * options.instances,
  );
}
