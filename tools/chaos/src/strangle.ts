import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "./run-command.ts";
import { logFolder } from "./strangling/app-process.ts";
import { parseWalkArguments } from "./strangling/whole/walk-arguments.ts";
import { faultsOf, formatWalk } from "./strangling/whole/walk-report.ts";
import { walk } from "./strangling/whole/walk.ts";

/**
 * `npm run strangle`: takes user, inventory and order out of the monolith while it is called, and order back into it, and
 * prints what callers saw. `--kill <seed>` kills the commands on the way. Ctrl-C ends all that it started.
 */
await runCommand(async ({ print, signal }) => {
  const settings = parseWalkArguments(process.argv.slice(2));
  const result = await walk({ ...settings, signal, onProgress: print });
  const report = formatWalk(result);
  await mkdir(logFolder, { recursive: true });
  await writeFile(join(logFolder, "walk.md"), report);
  print(`\n${report}`);
  if (faultsOf(result).length > 0) process.exitCode = 1;
});
