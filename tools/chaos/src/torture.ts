import { writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { run } from "@banyan/service";
import { parseTortureArguments } from "./arguments.ts";
import { formatReport } from "./report/report.ts";
import { logFolder } from "./report/row-log.ts";
import { runRows } from "./rows.ts";

/** `npm run torture`: plays the faults, and prints the table of what was measured. Ctrl-C ends all that it started. */
await run(async () => {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      process.exitCode = 128 + constants.signals[signal];
      stopping.abort();
    });
  }
  const { faults, atOnce, list } = parseTortureArguments(process.argv.slice(2));
  if (list) {
    for (const { name, title } of faults) print(`${name.padEnd(18)}${title}`);
    return;
  }
  const results = await runRows(faults, { atOnce, folder: logFolder, signal: stopping.signal, onProgress: print });
  const report = formatReport(results);
  await writeFile(join(logFolder, "table.md"), report);
  print(`\n${report}`);
  if (stopping.signal.aborted) print("ended before its time");
  else if (results.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
});
