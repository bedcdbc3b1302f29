import { chmod, chown, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../process/command.ts";
import { endLeftover, readPid } from "../process/leftover.ts";
import { commandLine } from "../process/process-table.ts";
import type { PostgresPrograms } from "./programs.ts";

const initMs = 120_000;

/** Ends a server that still runs on `data`, and removes the mark of one that does not. */
export async function clearDataFolder(data: string): Promise<void> {
  const pidFile = join(data, "postmaster.pid");
  await endLeftover(pidFile, data, "SIGINT");
  const pid = await readPid(pidFile);
  // PostgreSQL would take any process that has got the same id since for its own
  if (pid !== undefined && (await commandLine(pid)) !== "") await rm(pidFile, { force: true });
}

/** Makes a new cluster beside `data` and moves it there, so that what was interrupted is never taken for a cluster. */
export async function initialise(programs: PostgresPrograms, data: string): Promise<void> {
  const unfinished = `${data}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (programs.user) {
    await chmod(join(data, ".."), 0o711); // `nobody` must get through
    await chown(unfinished, programs.user.uid, programs.user.gid);
  }
  const locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"];
  await runCommand({
    file: programs.initdb,
    args: ["-D", unfinished, "-U", "postgres", "-A", "trust", ...locale],
    timeoutMs: initMs,
    user: programs.user,
  });
  await rename(unfinished, data);
}
