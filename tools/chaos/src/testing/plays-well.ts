import { expect } from "vitest";
import type { CallerFault } from "../callers/caller-fault.ts";
import { runCallerRow, type CallerRowResult } from "../callers/caller-row.ts";
import type { Fault } from "../fault.ts";
import { logFolder } from "../report/row-log.ts";
import { runRow, type RowResult } from "../row.ts";
import { describeRow } from "../rows.ts";

/**
 * Plays a fault and fails, with the end of its log, when a bound does not hold.
 *
 * @param onResult gets the result in any case
 */
export async function playsWell(
  fault: Fault,
  signal: AbortSignal,
  onResult: (result: RowResult) => void = () => undefined,
): Promise<void> {
  const result = await runRow(fault, { folder: logFolder, signal });
  onResult(result);
  expect(result.violations, describeRow(result).join("\n")).toEqual([]);
}

/** The same for a fault that is about callers. @param options.light as in `runCallerRow` */
export async function callersPlayWell(
  fault: CallerFault,
  options: { readonly signal: AbortSignal; readonly light: boolean },
  onResult: (result: CallerRowResult) => void = () => undefined,
): Promise<void> {
  const result = await runCallerRow(fault, { folder: logFolder, ...options });
  onResult(result);
  expect(result.violations, describeRow(result).join("\n")).toEqual([]);
}
