import { execFile } from "node:child_process";
import { join } from "node:path";
import { workspaceFolder } from "../platform/paths.ts";

/** What a program printed, and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `buf` to its end, 20 s at most. */
export function runBuf(args: readonly string[], options: { readonly cwd?: string } = {}): Promise<Outcome> {
  const buf = join(workspaceFolder, "node_modules/@bufbuild/buf/bin/buf");
  return runProgram(process.execPath, [buf, ...args], options);
}

/** Runs a program to its end, 20 s at most. @throws {Error} when it cannot be started or is ended by force */
export function runProgram(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  execFile(file, args, { ...options, timeout: 20_000 }, (error, stdout, stderr) => {
    const code = error === null ? 0 : error.code;
    if (typeof code === "number") resolve({ code, stdout, stderr });
    else reject(error ?? new Error(`${file} ended without an exit code`));
  });
  return promise;
}
