import { readFile } from "node:fs/promises";
import { runCommand } from "./run-command.ts";

/** The processors that servers and load generators are pinned to; none where the machine has no taskset. */
export interface Cores {
  readonly server: number;
  readonly load: number;
}

const askMs = 5000;

/**
 * Two processors of those that this process may use, the last ones, and of different cores where there are any: the
 * first ones have most of the system's own work.
 */
export async function chooseCores(): Promise<Cores | undefined> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const allowed = parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? "");
  const hasTaskset = await runCommand("taskset", ["--version"], { cwd: "/", timeoutMs: askMs }).then(
    () => true,
    () => false,
  );
  const server = allowed.at(-1);
  if (!hasTaskset || server === undefined) return undefined;
  const siblings = await readFile(`/sys/devices/system/cpu/cpu${server}/topology/thread_siblings_list`, "utf8")
    .then(parseCpuList)
    .catch(() => [server]);
  const others = allowed.filter((cpu) => cpu !== server);
  const load = others.findLast((cpu) => !siblings.includes(cpu)) ?? others.at(-1);
  return load === undefined ? undefined : { server, load };
}

/** `0-2,5` -> 0, 1, 2, 5. @see https://man7.org/linux/man-pages/man7/cpuset.7.html, List format */
export function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(",")
    .filter((range) => /^\d+(-\d+)?$/.test(range))
    .flatMap((range) => {
      const [from = 0, to = from] = range.split("-").map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
}

/** The command that runs another one on a processor. */
export function pinned(core: number | undefined, command: readonly string[]): readonly string[] {
  return core === undefined ? command : ["taskset", "--cpu-list", String(core), ...command];
}
