import { mkdir, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { run } from "@banyan/service";
import { logFolder } from "./strangling/app-process.ts";
import { parseWalkArguments } from "./strangling/whole/walk-arguments.ts";
import { faultsOf, formatWalk } from "./strangling/whole/walk-report.ts";
import { walk } from "./strangling/whole/walk.ts";

/**
 * `npm run strangle`: takes user, inventory and order out of the monolith while it is called, and order back into it, and
 * prints what callers saw. `--kill <seed>` kills the commands on the way. Ctrl-C ends all that it started.
 */
await run(async () => {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      process.exitCode = 128 + constants.signals[signal];
      stopping.abort(new Error("ended before its time"));
    });
  }
  const settings = parseWalkArguments(process.argv.slice(2));
  const result = await walk({ ...settings, signal: stopping.signal, onProgress: print });
  const report = formatWalk(result);
  await mkdir(logFolder, { recursive: true });
  await writeFile(join(logFolder, "walk.md"), report);
  print(`\n${report}`);
  if (faultsOf(result).length > 0) process.exitCode = 1;
});
