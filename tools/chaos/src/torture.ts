import { writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { run } from "@banyan/service";
import { parseTortureArguments } from "./arguments.ts";
import { runCallerRow } from "./callers/caller-row.ts";
import { formatReport } from "./report/report.ts";
import { logFolder } from "./report/row-log.ts";
import { runRow } from "./row.ts";
import { runRows } from "./rows.ts";

/** `npm run torture`: plays the faults, and prints the tables of what was measured. Ctrl-C ends all that it started. */
await run(async () => {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      process.exitCode = 128 + constants.signals[signal];
      stopping.abort();
    });
  }
  const { faults, callerFaults, atOnce, callersAtOnce, light, list } = parseTortureArguments(process.argv.slice(2));
  if (list) {
    for (const { name, title } of [...faults, ...callerFaults]) print(`${name.padEnd(24)}${title}`);
    return;
  }
  const options = { folder: logFolder, signal: stopping.signal, onProgress: print };
  const results = await runRows(faults, runRow, { ...options, atOnce });
  const callerResults = await runRows(callerFaults, (fault, row) => runCallerRow(fault, { ...row, light }), {
    ...options,
    atOnce: callersAtOnce,
  });
  const report = formatReport(results, callerResults);
  await writeFile(join(logFolder, "table.md"), report);
  print(`\n${report}`);
  if (stopping.signal.aborted) print("ended before its time");
  else if ([...results, ...callerResults].some(({ violations }) => violations.length > 0)) process.exitCode = 1;
});
