#!/usr/bin/env node
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { ExpectedError, run } from "@banyan/service";
import { readArguments, usage } from "./arguments.ts";
import { audit } from "./audit.ts";
import { summary } from "./render/summary.ts";
import { writeReports } from "./render/write.ts";
import { UsageError } from "./usage-error.ts";

await run(async () => {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(usage);
    return;
  }
  try {
    const { path, out, modules, cpuprofile } = readArguments(args);
    const root = resolve(path);
    if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new ExpectedError(`${path}: there is no such folder`);
    const began = performance.now();
    const onProgress = (line: string): boolean => process.stderr.write(`audit: ${line}\n`);
    const report = await audit(root, { modules, cpuprofile, onProgress });
    const written = writeReports(report, resolve(out));
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
    process.stdout.write(`${summary(report)}\n${written.join("\n")}\n${seconds} s, ${megabytes} MB at most\n`);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.exitCode = 2;
    process.stderr.write(`audit: ${error.message} (see --help)\n`);
  }
});
