import { mkdir, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { run } from "@banyan/service";
import { parseRollingArguments } from "./rolling/arguments.ts";
import { formatRolling, failuresOf } from "./rolling/rolling-report.ts";
import { runRolling } from "./rolling/rolling-run.ts";
import { logFolder } from "./rolling/service-instance.ts";

/** `npm run rolling`: restarts every instance under load, and prints what callers saw. Ctrl-C ends all that it started. */
await run(async () => {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      process.exitCode = 128 + constants.signals[signal];
      stopping.abort(new Error("ended before its time"));
    });
  }
  const settings = parseRollingArguments(process.argv.slice(2));
  const result = await runRolling({ ...settings, signal: stopping.signal, onProgress: print });
  const report = formatRolling(result);
  await mkdir(logFolder, { recursive: true });
  await writeFile(join(logFolder, "report.md"), report);
  print(`\n${report}`);
  if (failuresOf(result).length + result.differences.length > 0) process.exitCode = 1;
});
