#!/usr/bin/env node
import { run } from "@banyan/service";
import { history } from "./commands/history/command.ts";
import { instances } from "./commands/instances/command.ts";
import { ramp } from "./commands/ramp/command.ts";
import { status } from "./commands/status/command.ts";
import { traffic } from "./commands/traffic/command.ts";
import { dispatch } from "./dispatch.ts";
import { processTerminal } from "./terminal.ts";

await run(async () => {
  const commands = { instances, status, ramp, traffic, history };
  process.exitCode = await dispatch(commands, process.argv.slice(2), processTerminal(process));
});
