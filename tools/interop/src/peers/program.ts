import { execFile } from "node:child_process";

/** What a program printed, and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** After which it is killed; default 30 s. */
  readonly timeoutMs?: number;
  /** Instead of this process's own variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end, whatever its exit code. @throws {Error} when it cannot be started, or is killed */
export function runProgram(file: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { timeoutMs = 30_000, env = process.env } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const limits = { timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 } as const;
  execFile(file, [...args], { env, ...limits }, (error, stdout, stderr) => {
    const code = error === null ? 0 : error.code;
    if (typeof code === "number") resolve({ code, stdout, stderr });
    else reject(error ?? new Error(`${file} ended without an exit code`));
  });
  return promise;
}

/** The first line of what it prints when asked for its version; undefined where there is no such program. */
export async function versionLine(file: string, args: readonly string[] = ["--version"]): Promise<string | undefined> {
  const outcome = await runProgram(file, args).catch(() => undefined);
  return outcome?.code === 0 ? outcome.stdout.trim().split("\n")[0] : undefined;
}
