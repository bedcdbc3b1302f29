import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readLines } from "../process/lines.ts";

/** A Node process that a test has started. Disposal kills it. */
export interface Child extends AsyncDisposable {
  readonly process: ChildProcess;
  /** All that it has printed so far, on both outputs. */
  readonly output: () => string;
  /** Resolves with the first line that contains `text`, which may have been printed before. */
  line(text: string): Promise<string>;
  /** Resolves with its exit code, or with the signal that has ended it. */
  readonly ended: Promise<number | string>;
}

/** Runs `args` with this process's own Node. */
export function startNode(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Child {
  const child = spawn(process.execPath, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    readLines(stream, (line) => {
      lines.push(line);
      waiting.forEach((check) => check());
    });
  }
  const end = async (): Promise<number | string> => {
    await once(child, "close");
    return child.signalCode ?? child.exitCode ?? "unknown";
  };
  const ended = end();
  return {
    process: child,
    output: () => lines.join("\n"),
    ended,
    line: (text) =>
      new Promise((resolve) => {
        const check = (): void => {
          const found = lines.find((line) => line.includes(text));
          if (found === undefined) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs the text of a module, which may import this package's files by the path `from` gives. */
export function startModule(text: string): Child {
  return startNode(["--input-type=module-typescript", "--eval", text]);
}
