import { runCommand } from "../process/command.ts";

/** An etcd server on this machine. */
export interface EtcdProgram {
  readonly file: string;
  /** As `3.5.16`. */
  readonly version: string;
}

/** The oldest release that the tests speak about. */
export const oldestEtcd = "3.5";

/** Asks the program `file` for its version; undefined when there is no such program or it does not run here. */
export async function readEtcdVersion(file: string): Promise<EtcdProgram | undefined> {
  const output = await runCommand({ file, args: ["--version"], timeoutMs: 10_000 }).catch(() => "");
  const version = parseEtcdVersion(output);
  return version === undefined ? undefined : { file, version };
}

/** Finds the version in what `etcd --version` prints. */
export function parseEtcdVersion(output: string): string | undefined {
  return /^etcd Version: (\d+\.\d+\.\d+\S*)/m.exec(output)?.[1];
}

/** Whether `version` is at least 3.5. */
export function isRecentEtcd(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 3 || (major === 3 && minor >= 5);
}
