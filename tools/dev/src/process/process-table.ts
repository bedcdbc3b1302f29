import { spawnSync } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";

/** The command line of a live process, or "" when there is none; one that has ended but was not reaped counts as none. */
export async function commandLine(pid: number): Promise<string> {
  if (process.platform !== "linux") return ps("command", pid);
  const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return text.replaceAll("\0", " ").trim();
}

/** The id of the process that a live process is a child of. */
export async function parentOf(pid: number): Promise<number | undefined> {
  if (process.platform !== "linux") return Number.parseInt(ps("ppid", pid), 10) || undefined;
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]) || undefined;
}

/** Whether every thread of a process has been stopped by SIGSTOP: the signal takes effect thread by thread, a little later. */
export async function isFrozen(pid: number): Promise<boolean> {
  if (process.platform !== "linux") return ps("state", pid).startsWith("T");
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const states = await Promise.all(
    threads.map(async (thread) => {
      const status = await readFile(`/proc/${pid}/task/${thread}/status`, "utf8").catch(() => "");
      return /^State:\s*(\w)/m.exec(status)?.[1];
    }),
  );
  return states.length > 0 && states.every((state) => state === "T");
}

function ps(column: string, pid: number): string {
  return spawnSync("ps", ["-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ?? "";
}
