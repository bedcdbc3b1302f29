import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile } from "node:fs/promises";
import { type Socket, connect } from "node:net";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine } from "../process/process-table.ts";
import { SetupError, messageOf } from "../setup-error.ts";
import type { SupervisorPaths } from "./paths.ts";

/** What a supervisor's log says after its process id when it ends because something went wrong. */
export const failureMark = "failed: ";

/**
 * Connects to the supervisor of a checkout, starting one where none listens.
 *
 * @param deadline milliseconds since the epoch
 * @throws {SetupError} with the supervisor's own words when it does not start
 */
export async function reachSupervisor(checkout: string, paths: SupervisorPaths, deadline: number): Promise<Socket> {
  let pid: number | undefined;
  while (Date.now() < deadline) {
    const socket = await connectTo(paths.socket);
    if (socket) return socket;
    if (pid !== undefined && (await commandLine(pid)) === "") {
      await requireNoFailure(pid, paths.logFile);
      pid = undefined; // another one has the lock: it listens soon, or it is stopping and ends soon
    }
    pid ??= await spawnSupervisor(checkout, paths);
    await sleep(50);
  }
  throw new SetupError(`the supervisor of etcd and PostgreSQL cannot be reached; its log is ${paths.logFile}`);
}

async function connectTo(path: string): Promise<Socket | undefined> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return socket;
  } catch {
    return undefined;
  }
}

/**
 * Starts a supervisor that outlives this process, and gives its id.
 *
 * A shell starts it and ends, so that it is no descendant of ours: nx, told to stop, ends all descendants of its task,
 * whatever session they are in.
 */
async function spawnSupervisor(checkout: string, paths: SupervisorPaths): Promise<number> {
  try {
    await mkdir(dirname(paths.logFile), { recursive: true });
    await using log = await open(paths.logFile, "a");
    const main = [process.execPath, join(import.meta.dirname, "main.ts"), checkout];
    const shell = spawn("/bin/sh", ["-c", '"$@" >&2 & echo $!', "supervisor", ...main], {
      cwd: "/",
      detached: true,
      stdio: ["ignore", "pipe", log.fd],
    });
    return Number.parseInt(await text(shell.stdout ?? Readable.from([])), 10);
  } catch (error) {
    throw new SetupError(`the supervisor of etcd and PostgreSQL cannot be started: ${messageOf(error)}`);
  }
}

/** @throws {SetupError} with the supervisor's own words, when it has ended because something went wrong */
async function requireNoFailure(pid: number, logFile: string): Promise<void> {
  const log = await readFile(logFile, "utf8").catch(() => "");
  const mark = `[${pid}] ${failureMark}`;
  const line = log.split("\n").findLast((each) => each.includes(mark));
  if (line === undefined) return;
  const reason = line.slice(line.indexOf(mark) + mark.length);
  throw new SetupError(`the supervisor of etcd and PostgreSQL did not start: ${reason}`);
}
