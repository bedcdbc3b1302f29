import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "../setup-error.ts";
import { commandLine } from "./process-table.ts";

/**
 * Ends a server that an earlier run left behind, if there is one.
 *
 * @param pidFile a file whose first line is the id of the process; it may be missing or out of date
 * @param folder what the command line of the server must mention, so that a process which merely got the same id later
 *   is left alone
 * @returns whether there was such a server
 */
export async function endLeftover(pidFile: string, folder: string, signal: NodeJS.Signals): Promise<boolean> {
  const pid = await readPid(pidFile);
  if (pid === undefined || !(await commandLine(pid)).includes(folder)) return false;
  send(pid, signal);
  const killAt = Date.now() + 5000;
  const giveUpAt = Date.now() + 10_000;
  while ((await commandLine(pid)).includes(folder)) {
    if (Date.now() >= giveUpAt)
      throw new SetupError(`process ${pid} uses ${folder} and cannot be ended: end it by hand`);
    if (Date.now() >= killAt) send(pid, "SIGKILL");
    await sleep(50);
  }
  return true;
}

/** The id on the first line of `pidFile`, or undefined when there is none. */
export async function readPid(pidFile: string): Promise<number | undefined> {
  const text = await readFile(pidFile, "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error; // ESRCH: it is gone
  }
}
