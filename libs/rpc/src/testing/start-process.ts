import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface TestProcess extends AsyncDisposable {
  /** The first line that it printed. */
  readonly line: string;
  kill(signal: NodeJS.Signals): void;
  /** The exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** Starts a script beside this file with Node, and waits for its first line. */
export async function startProcess(script: string, ...args: string[]): Promise<TestProcess> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit").then(([code]: (number | null)[]) => code ?? null);
  const [line]: string[] = await once(createInterface(child.stdout), "line");
  return {
    line: line ?? "",
    kill: (signal) => void child.kill(signal),
    exited,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
