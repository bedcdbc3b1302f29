#!/usr/bin/env node
import { ExpectedError, run } from "@banyan/service";
import { readArguments, UsageError } from "./commands/arguments.ts";
import { perform } from "./commands/perform.ts";
import { usage } from "./commands/usage.ts";
import { developmentEnvironment } from "./config.ts";

await run(async () => {
  const words = process.argv.slice(2);
  if (words.includes("--help") || words.includes("-h")) {
    process.stdout.write(usage);
    return;
  }
  const stopping = new AbortController();
  // The second one ends the program in the system's way.
  process.once("SIGINT", () => stopping.abort()).once("SIGTERM", () => stopping.abort());
  try {
    const args = readArguments(words);
    await using development = args.development ? await developmentEnvironment(args.service, process.env) : undefined;
    const environment = development?.environment ?? process.env;
    await perform(args, { environment, screen: process.stdout, signal: stopping.signal });
  } catch (error) {
    if (stopping.signal.aborted && !(error instanceof ExpectedError)) {
      throw new ExpectedError("interrupted; nothing was changed", { cause: error });
    }
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`banyan-mover: ${error.message} (see banyan-mover --help)\n`);
    process.exitCode = 2;
  }
});
