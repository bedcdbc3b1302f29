import { SetupError } from "@banyan/dev";
import { benches } from "./benches.ts";
import { readCommand, UsageError } from "./command-line.ts";
import { describeMachine } from "./machine.ts";
import { Report } from "./report.ts";
import { StoppedError } from "./transports/stop-on-signal.ts";

try {
  const { bench, settings } = readCommand(process.argv.slice(2), benches);
  const report = new Report();
  describeMachine().forEach((words) => report.condition(words));
  await bench.run(report, settings);
  process.stdout.write(report.toMarkdown(bench));
} catch (error) {
  const isExpected = [UsageError, SetupError, StoppedError].some((expected) => error instanceof expected);
  if (!isExpected || !(error instanceof Error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : error instanceof StoppedError ? error.exitCode : 1;
}
