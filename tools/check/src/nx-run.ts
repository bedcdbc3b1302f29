import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheDir } from "@nx/devkit";
import { toolEnvironment, workspaceRoot } from "./command.ts";
import type { TaskEnd } from "./summary.ts";

/** How long Nx and its tasks have to end on their own after a signal, before they are killed. */
const graceMs = 15_000;

/** Nx writes here how each task of its last run ended. */
const lastRun = join(cacheDir, "run.json");

/**
 * Runs these targets of all projects. A task that succeeds takes one line of our stdout, one that fails all it printed.
 *
 * Nx and its tasks are a process group of their own: the signal that `stop` is aborted with is passed on to all of it,
 * and what is left of it after `graceMs` is killed.
 *
 * @param expected the tasks to account for: one that Nx did not get to is told as such
 */
export async function runTasks(
  targets: readonly string[],
  expected: readonly string[],
  stop: AbortSignal,
): Promise<TaskEnd[]> {
  rmSync(lastRun, { force: true });
  if (expected.length > 0 && !stop.aborted) await runNx(targets, stop);
  const ends = readLastRun();
  return expected.map((task): TaskEnd => {
    const status = ends.get(task);
    if (status === undefined) return { task, outcome: "did not run" };
    return { task, outcome: status === 0 ? "succeeded" : "failed" };
  });
}

async function runNx(targets: readonly string[], stop: AbortSignal): Promise<void> {
  const child = spawn("nx", ["run-many", "--targets", targets.join(","), "--outputStyle=static-failures-only"], {
    cwd: workspaceRoot,
    env: { ...toolEnvironment(), NX_DAEMON: "false", NX_TUI: "false" },
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  const closed = once(child, "close");
  await Promise.race([closed, once(stop, "abort")]);
  const signal: NodeJS.Signals = stop.reason;
  if (stop.aborted && child.pid !== undefined) await endGroup(child.pid, signal);
  await closed;
}

/** Signals a process group, and kills it where it has not gone by itself after `graceMs`. */
async function endGroup(leader: number, signal: NodeJS.Signals): Promise<void> {
  const killAt = performance.now() + graceMs;
  let remains = signalGroup(leader, signal);
  while (remains && performance.now() < killAt) {
    await sleep(100);
    remains = signalGroup(leader, 0);
  }
  if (remains) signalGroup(leader, "SIGKILL");
}

/** False when no process of the group is left. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

function readLastRun(): Map<string, number> {
  if (!existsSync(lastRun)) return new Map();
  const { tasks }: { tasks: { taskId: string; status: number }[] } = JSON.parse(readFileSync(lastRun, "utf8"));
  return new Map(tasks.map(({ taskId, status }) => [taskId, status]));
}
