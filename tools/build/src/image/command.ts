import { spawn } from "node:child_process";

/** How a command ended; what it printed, where that was asked for. */
export interface Ending {
  /** The exit code, 1 where a signal ended it; undefined where there is no such program. */
  readonly code: number | undefined;
  readonly stdout: string;
}

/**
 * Runs a program to its end.
 *
 * @param options.output `read` answers its stdout and drops its stderr; `show` sends both to our own stderr
 * @param options.timeoutMs after which it is killed
 */
export async function runCommand(
  [program = "", ...args]: readonly string[],
  options: {
    readonly output: "read" | "show";
    readonly timeoutMs: number;
    readonly folder?: string;
    readonly env?: Readonly<Record<string, string | undefined>>;
  },
): Promise<Ending> {
  const { output, timeoutMs, folder, env = process.env } = options;
  const child = spawn(program, args, {
    cwd: folder,
    env,
    stdio: output === "show" ? ["ignore", 2, 2] : ["ignore", "pipe", "ignore"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  child
    .once("error", (error) => ("code" in error && error.code === "ENOENT" ? resolve(undefined) : reject(error)))
    .once("close", (code) => resolve(code ?? 1));
  return { code: await promise, stdout };
}
