import { run, terminationSignal } from "@banyan/service";
import { parseVisitArguments } from "./strangling/whole/visit-arguments.ts";
import { faultsOf, formatVisit } from "./strangling/whole/walk-report.ts";
import { startVisitors } from "./strangling/whole/visitors.ts";

const tellMs = 5000;

/**
 * `node tools/chaos/src/visit.ts <address…>`: visitors of a monolith who remember every answer, until Ctrl-C; then it prints
 * what they saw, and compares what is there with what they were told.
 */
await run(async () => {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const { doors, rate } = parseVisitArguments(process.argv.slice(2));
  await using visitors = await startVisitors({ doors, rate, reservationSeconds: undefined });
  const { asked, told } = visitors;
  const tell = (): void => {
    const failed = asked.ends.filter(({ failure }) => failure !== undefined).length + asked.surprises.length;
    print(`${asked.ends.length} calls, ${failed} failed; ${told.users.length} users, ${told.orders.length} orders`);
  };
  tell();
  const timer = setInterval(tell, tellMs);
  await terminationSignal();
  clearInterval(timer);
  await visitors.leave();
  const seen = { asked, told, differences: await visitors.differences(AbortSignal.timeout(60_000)) };
  print(formatVisit(seen));
  if (faultsOf(seen).length > 0) process.exitCode = 1;
});
