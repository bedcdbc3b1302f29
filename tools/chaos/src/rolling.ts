import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { faultsOf, formatDeploys } from "./deploy/deploy-report.ts";
import { runDeploys } from "./deploy/deploy-run.ts";
import { parseRollingArguments } from "./rolling/arguments.ts";
import { formatRolling, failuresOf } from "./rolling/rolling-report.ts";
import { runRolling, type RollingOptions } from "./rolling/rolling-run.ts";
import { logFolder } from "./rolling/service-instance.ts";
import { runCommand } from "./run-command.ts";

/**
 * `npm run rolling`: restarts every instance under load, or deploys a next version with `--deploy`, and prints what callers
 * saw. Ctrl-C ends all that it started.
 */
await runCommand(async ({ print, signal }) => {
  const { deploy, ...settings } = parseRollingArguments(process.argv.slice(2));
  const options = { ...settings, signal, onProgress: print };
  const { name, report, faults } = deploy ? await playDeploys(options) : await playRestarts(options);
  await mkdir(logFolder, { recursive: true });
  await writeFile(join(logFolder, name), report);
  print(`\n${report}`);
  if (faults.length > 0) process.exitCode = 1;
});

async function playRestarts(options: RollingOptions) {
  const result = await runRolling(options);
  const faults = [...failuresOf(result), ...result.differences];
  return { name: "report.md", report: formatRolling(result), faults };
}

async function playDeploys(options: RollingOptions) {
  const result = await runDeploys(options);
  return { name: "deploys.md", report: formatDeploys(result), faults: faultsOf(result) };
}
