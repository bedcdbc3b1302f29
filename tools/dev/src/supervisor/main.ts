import { truncate, stat } from "node:fs/promises";
import { tryLock } from "../file-lock.ts";
import { messageOf } from "../setup-error.ts";
import { failureMark } from "./connection.ts";
import { supervisorPaths } from "./paths.ts";
import { superviseClients } from "./server.ts";

/**
 * The supervisor of one checkout, as a process: `node main.ts <checkout>`. A client starts it, with the log file as its
 * output. It ends with its last client, or at once with exit code 0 when the checkout has a supervisor already.
 */
const graceMs = 2000;
const longestLog = 10_000_000;

const paths = supervisorPaths(process.argv[2] ?? "");
const log = (line: string): void => {
  process.stderr.write(`${new Date().toISOString()} [${process.pid}] ${line}\n`);
};

const terminated = new AbortController();
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  process.on(signal, () => {
    log(`told to stop by ${signal}`);
    terminated.abort();
  });
}

try {
  using held = await tryLock(paths.supervisorLock);
  if (held) {
    if ((await stat(paths.logFile)).size > longestLog) await truncate(paths.logFile);
    await superviseClients({ paths, graceMs, log, signal: terminated.signal });
  }
} catch (error) {
  log(failureMark + messageOf(error));
  process.exitCode = 1;
}
