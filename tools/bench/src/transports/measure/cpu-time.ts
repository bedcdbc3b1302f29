import { readFile } from "node:fs/promises";

/** Of the kernel's accounts, whatever the processor. @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const microsPerTick = 10_000;

/** CPU time of a process, all its threads, in microseconds; it goes by steps of 10 ms. Undefined where there is no /proc. */
export async function cpuMicrosOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return stat === undefined ? undefined : parseStat(stat);
}

/** utime and stime; the name before them, in parentheses, may have anything in it. */
export function parseStat(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * microsPerTick;
}
