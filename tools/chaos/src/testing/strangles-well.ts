import { expect } from "vitest";
import { faultsOf, formatWalk } from "../strangling/whole/walk-report.ts";
import { walk, type WalkOptions } from "../strangling/whole/walk.ts";

/** Takes modules out under load, and fails, with the report, when a caller could notice. */
export async function stranglesWell(options: Omit<WalkOptions, "onProgress">): Promise<void> {
  const result = await walk({ ...options, onProgress: () => undefined });
  const report = formatWalk(result);
  expect(faultsOf(result), report).toEqual([]);
  expect(result.told.orders.length, report).toBeGreaterThan(0);
  if (options.kill !== undefined) expect(result.kills.length, report).toBeGreaterThan(0);
}
