import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "./run-command.ts";
import { parseRampsArguments } from "./strangling/ramp-arguments.ts";
import { logFolder } from "./strangling/app-process.ts";
import { formatRampTable, violationsOf } from "./strangling/ramp-table.ts";
import { runRamps } from "./strangling/ramp-run.ts";

/** Ramps a good candidate and bad ones under load, and prints how long it took to roll them back, and whom it harmed. */
await runCommand(async ({ print, signal }) => {
  const options = parseRampsArguments(process.argv.slice(2));
  const results = await runRamps({ ...options, signal, onProgress: print });
  const table = formatRampTable(results);
  await mkdir(logFolder, { recursive: true });
  await writeFile(join(logFolder, "ramps.md"), table);
  print(`\n${table}`);
  const violations = violationsOf(results);
  for (const violation of violations) print(`not as promised: ${violation}`);
  if (violations.length > 0) process.exitCode = 1;
});
