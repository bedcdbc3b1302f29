import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, it } from "vitest";
import { callerFaults } from "./callers/caller-faults.ts";
import type { CallerRowResult } from "./callers/caller-row.ts";
import { allFaults } from "./faults.ts";
import { formatReport } from "./report/report.ts";
import { logFolder } from "./report/row-log.ts";
import type { RowResult } from "./row.ts";
import { callersPlayWell, playsWell } from "./testing/plays-well.ts";

const results: RowResult[] = [];
const callerResults: CallerRowResult[] = [];

/** The tables are left beside the logs. */
afterAll(async () => {
  await mkdir(logFolder, { recursive: true });
  await writeFile(join(logFolder, "table.md"), formatReport(results, callerResults));
});

describe("one after the other", () => {
  for (const fault of allFaults) {
    it(fault.promise, ({ signal }) => playsWell(fault, signal, (result) => results.push(result)));
  }
  for (const fault of callerFaults) {
    it(fault.promise, ({ signal }) => {
      return callersPlayWell(fault, { signal, light: false }, (result) => callerResults.push(result));
    });
  }
});
