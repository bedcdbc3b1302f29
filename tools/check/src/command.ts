import { spawn } from "node:child_process";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the workspace that this file is part of, without a slash at the end. */
export const workspaceRoot = fileURLToPath(new URL("../../..", import.meta.url)).replace(/[\\/]$/, "");

/** Git reads a checkout that belongs to another user, as they do in containers; it would refuse to. */
export const anyOwner = ["-c", "safe.directory=*"];

/** How a command ended. */
export interface Outcome {
  /** The exit code; 1 where a signal ended the command. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command of node_modules/.bin, or of the PATH, to its end; its stdin is empty.
 *
 * @param options.timeoutMs after which the command is killed, default 120000
 * @throws when it cannot be started, or does not end in time
 */
export async function execute(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly timeoutMs?: number },
): Promise<Outcome> {
  const { cwd, env = toolEnvironment(), timeoutMs = 120_000 } = options;
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    signal: AbortSignal.timeout(timeoutMs),
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once("error", reject).once("close", (code) => {
    resolve(code ?? 1);
  });
  return { code: await promise, stdout, stderr };
}

/** Our own environment with node_modules/.bin first on the PATH, whoever started us. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [`${workspaceRoot}/node_modules/.bin`, process.env["PATH"]].join(delimiter) };
}
