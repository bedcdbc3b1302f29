import { readFile, readdir, readlink } from "node:fs/promises";
import { runCommand } from "./command.ts";

/**
 * The id of the process that listens on `port`, where it can be told: not for another user's process, nor on a system
 * without /proc and without lsof.
 */
export async function findPortHolder(port: number): Promise<number | undefined> {
  if (process.platform === "linux") return findInProc(port);
  const lsof = { file: "lsof", args: ["-nP", "-t", `-iTCP:${port}`, "-sTCP:LISTEN"], timeoutMs: 5000 };
  const output = await runCommand(lsof).catch(() => "");
  return Number.parseInt(output, 10) || undefined;
}

async function findInProc(port: number): Promise<number | undefined> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined && inodes.has(inode)) return Number(pid);
    }
  }
  return undefined;
}

/**
 * The inodes of the sockets that listen on `port`, from the text of /proc/net/tcp.
 *
 * @see https://docs.kernel.org/networking/proc_net_tcp.html
 */
export function listeningInodes(table: string, port: number): string[] {
  const listening = "0A";
  const localPort = port.toString(16).toUpperCase().padStart(4, "0");
  return table
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === listening && local?.endsWith(`:${localPort}`))
    .flatMap(([, , , , , , , , , inode]) => (inode === undefined ? [] : [inode]));
}
