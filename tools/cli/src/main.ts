#!/usr/bin/env node
import { run } from "@banyan/service";
import { instances } from "./commands/instances/command.ts";
import { dispatch } from "./dispatch.ts";
import { processTerminal } from "./terminal.ts";

await run(async () => {
  process.exitCode = await dispatch({ instances }, process.argv.slice(2), processTerminal(process));
});
