import { readdir, rm } from "node:fs/promises";
import { lock } from "./file-lock.ts";
import { thisCheckout } from "./locations.ts";
import { runMain } from "./process/command-line.ts";
import { SetupError, messageOf } from "./setup-error.ts";
import { supervisorPaths } from "./supervisor/paths.ts";

/** `npm run reset` throws away what `npm start` and `nx serve` keep between runs: the data of etcd and PostgreSQL, and logs. */
const settleMs = 3000; // a supervisor that has just lost its last client is stopping

const inUse =
  "etcd and PostgreSQL of this checkout are in use: stop npm start and every nx serve, then npm run reset again";

await runMain(async () => {
  const paths = supervisorPaths(thisCheckout());
  using _start = await lock(paths.startLock, { timeoutMs: 0, refusal: inUse });
  using _supervisor = await lock(paths.supervisorLock, { timeoutMs: settleMs, refusal: inUse });
  const kept = await readdir(paths.state).catch(() => []);
  try {
    await rm(paths.state, { recursive: true, force: true });
  } catch (error) {
    throw new SetupError(`${paths.state} cannot be removed: ${messageOf(error)}`);
  }
  const what = kept.length === 0 ? "nothing to remove: there is no" : `removed ${kept.join(", ")} in`;
  process.stdout.write(`${what} ${paths.state}\n`);
  return 0;
});
