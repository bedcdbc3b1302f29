import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

export interface CommandOptions {
  /** Instead of this process's own variables. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** After which it is killed. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program to its end. @returns what it printed @throws {Error} with what it said when it fails or is killed */
export async function runCommand(file: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { env = process.env, cwd, timeoutMs, signal } = options;
  const limits = { timeout: timeoutMs, signal, killSignal: "SIGKILL" as const, maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await execute(file, [...args], { env, cwd, ...limits });
  return stdout;
}
