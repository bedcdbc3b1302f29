import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseTortureArguments } from "./arguments.ts";
import { runCallerRow } from "./callers/caller-row.ts";
import { formatReport } from "./report/report.ts";
import { logFolder } from "./report/row-log.ts";
import { runRow } from "./row.ts";
import { runRows } from "./rows.ts";
import { runCommand } from "./run-command.ts";

/** `npm run torture`: plays the faults, and prints the tables of what was measured. Ctrl-C ends all that it started. */
await runCommand(async ({ print, signal }) => {
  const { faults, callerFaults, atOnce, callersAtOnce, light, list } = parseTortureArguments(process.argv.slice(2));
  if (list) {
    for (const { name, title } of [...faults, ...callerFaults]) print(`${name.padEnd(24)}${title}`);
    return;
  }
  const options = { folder: logFolder, signal, onProgress: print };
  const results = await runRows(faults, runRow, { ...options, atOnce });
  const callerResults = await runRows(callerFaults, (fault, row) => runCallerRow(fault, { ...row, light }), {
    ...options,
    atOnce: callersAtOnce,
  });
  const report = formatReport(results, callerResults);
  await writeFile(join(logFolder, "table.md"), report);
  print(`\n${report}`);
  if (signal.aborted) print("ended before its time");
  else if ([...results, ...callerResults].some(({ violations }) => violations.length > 0)) process.exitCode = 1;
});
