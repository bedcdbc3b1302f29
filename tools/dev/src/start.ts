import { lock } from "./file-lock.ts";
import { thisCheckout } from "./locations.ts";
import { report, runMain } from "./process/command-line.ts";
import { askedToStop } from "./process/termination.ts";
import { readArguments, usage } from "./start/arguments.ts";
import { createPlatform } from "./start/platform.ts";
import { createSteps } from "./start/steps.ts";
import { supervisorPaths } from "./supervisor/paths.ts";

/**
 * `npm start` brings up etcd, PostgreSQL and every service, places an order through them, and runs until Ctrl-C.
 * With `--observe` a Prometheus scrapes them. Whatever goes wrong, it stops what it has started.
 */
const prometheusPort = 9090; // its usual one
const alreadyRuns = "npm start runs for this checkout already: use that one, or stop it first with Ctrl-C";

await runMain(async () => {
  const request = readArguments(process.argv.slice(2));
  if (request.tag === "help") {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const observe = request.observe ? { port: prometheusPort } : undefined;
  const checkout = thisCheckout();
  const paths = supervisorPaths(checkout);
  using _only = await lock(paths.startLock, { timeoutMs: 0, refusal: alreadyRuns });
  using steps = createSteps(process.stdout);

  const stopped = askedToStop();
  const platform = createPlatform({ checkout, paths, env: process.env, steps, observe });
  try {
    await Promise.race([platform.comeUp(), platform.failure, stopped]);
    const why = await Promise.race([platform.failure, stopped]);
    steps.abandon();
    steps.print("", `stopping after ${why}…`);
    return 0;
  } catch (error) {
    steps.abandon();
    steps.print("");
    report(error);
    return 1;
  } finally {
    await platform.stop();
    steps.print("stopped");
  }
});
