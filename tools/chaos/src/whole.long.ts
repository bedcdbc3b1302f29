import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, it } from "vitest";
import { allFaults } from "./faults.ts";
import { formatReport } from "./report/report.ts";
import { logFolder } from "./report/row-log.ts";
import type { RowResult } from "./row.ts";
import { playsWell } from "./testing/plays-well.ts";

const results: RowResult[] = [];

/** The table is left beside the logs. */
afterAll(async () => {
  await mkdir(logFolder, { recursive: true });
  await writeFile(join(logFolder, "table.md"), formatReport(results));
});

describe("one after the other", () => {
  for (const fault of allFaults) {
    it(fault.promise, ({ signal }) => playsWell(fault, signal, (result) => results.push(result)));
  }
});
