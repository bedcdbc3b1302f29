import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ExpectedError } from "@banyan/service";

const execute = promisify(execFile);

/**
 * Runs a program to its end and answers its stdout.
 *
 * @param options.timeoutMs after which it is killed; default 120000
 * @param options.failure what it means when it fails; by default the command is named
 * @throws {ExpectedError} with what it printed, when it cannot be started, is killed, or ends with another code than 0
 */
export async function runCommand(
  [program = "", ...args]: readonly string[],
  options: { readonly folder: string; readonly timeoutMs?: number; readonly failure?: string },
): Promise<string> {
  const { folder, timeoutMs = 120_000, failure = [program, ...args].join(" ") } = options;
  try {
    const { stdout } = await execute(program, args, { cwd: folder, timeout: timeoutMs, killSignal: "SIGKILL" });
    return stdout;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const printed = ["stdout", "stderr"].map((stream) => Reflect.get(error, stream)).filter(Boolean);
    const reason = printed.length > 0 ? printed.join("").trimEnd() : error.message;
    throw new ExpectedError(`${failure}:\n${reason}`, { cause: error });
  }
}
