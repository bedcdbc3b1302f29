import { mkdir, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { ExpectedError, run } from "@banyan/service";
import { parseRampsArguments } from "./strangling/ramp-arguments.ts";
import { logFolder } from "./strangling/app-process.ts";
import { formatRampTable, violationsOf } from "./strangling/ramp-table.ts";
import { runRamps } from "./strangling/ramp-run.ts";

/** Ramps a good candidate and bad ones under load, and prints how long it took to roll them back, and whom it harmed. */
await run(async () => {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      process.exitCode = 128 + constants.signals[signal];
      stopping.abort(new ExpectedError("ended before its time"));
    });
  }
  const options = parseRampsArguments(process.argv.slice(2));
  const results = await runRamps({ ...options, signal: stopping.signal, onProgress: print });
  const table = formatRampTable(results);
  await mkdir(logFolder, { recursive: true });
  await writeFile(join(logFolder, "ramps.md"), table);
  print(`\n${table}`);
  const violations = violationsOf(results);
  for (const violation of violations) print(`not as promised: ${violation}`);
  if (violations.length > 0) process.exitCode = 1;
});
