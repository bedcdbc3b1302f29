import { spawn } from "node:child_process";
import { SetupError } from "../setup-error.ts";

/** A program that runs and ends by itself. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** The folder it runs in, by default the root of the file system. */
  readonly folder?: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** After which it is killed. */
  readonly timeoutMs: number;
  /** Kills it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a command and gives what it printed on standard output.
 *
 * @throws {SetupError} with the line of standard error that tells why, when it cannot be started, fails or takes too long
 */
export function runCommand(command: Command): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new SetupError(`${command.file} ${command.args[0] ?? ""}: ${why}`));
    const child = spawn(command.file, command.args, {
      ...command.user,
      cwd: command.folder ?? "/",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: command.timeoutMs,
      signal: command.signal,
      killSignal: "SIGKILL",
    });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.once("error", (error) => fail(error.message));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else if (signal !== null) fail(`ended by ${signal} (bound: ${command.timeoutMs / 1000} s)`);
      else fail(tellingLine(errors) || `exit code ${code}`);
    });
  });
}

/** The first line that speaks of a failure, else the last line: what follows a failure is its consequences. */
export function tellingLine(errors: string): string {
  const lines = errors.trim().split("\n");
  return (
    lines.find((line) => /\b(error|fatal|failed|denied|could not|cannot)\b|^E: /i.test(line)) ?? lines.at(-1) ?? ""
  );
}
