import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { hasPrinted, type Example } from "./examples.ts";

/** What came of a program. */
export interface Run {
  readonly program: string;
  /** What it should print. */
  readonly prints: readonly string[];
  readonly printed: string;
  /** What it wrote to stderr. */
  readonly complained: string;
  /** Its exit code; null where a signal has ended it. */
  readonly code: number | null;
}

/** For a program to print what it says it does and, unless it serves, to end. */
const programMs = 20_000;

/**
 * Runs the programs of one README as its reader would: one after the other, those that serve going on beside those that
 * follow, until all are done; then they are sent SIGTERM.
 *
 * @param node the Node to run them on
 * @param options.env all that the programs find in their environment, beside PATH
 */
export async function runExamples(
  node: string,
  examples: readonly (Pick<Example, "prints" | "serves"> & { readonly program: string })[],
  options: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
): Promise<readonly Run[]> {
  const started: Started[] = [];
  try {
    for (const { program, prints, serves } of examples) {
      const run = start(node, program, prints, options);
      started.push(run);
      if (serves) await run.shown;
      else await run.ended;
    }
    for (const run of started.toReversed()) run.child.kill("SIGTERM");
    return await Promise.all(started.map((run) => run.ended));
  } finally {
    for (const run of started) run.child.kill("SIGKILL");
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Run>;
  /** Resolves when it has printed what it should, and when it never will, because it has ended. */
  readonly shown: Promise<unknown>;
}

function start(
  node: string,
  program: string,
  prints: readonly string[],
  options: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
): Started {
  const env = { PATH: process.env["PATH"], ...options.env };
  const child = spawn(node, [program], { cwd: options.folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const output = { printed: "", complained: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.printed += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.complained += text));
  const timer = setTimeout(() => child.kill("SIGKILL"), programMs);
  const ended = once(child, "close").then(([code]: (number | null)[]) => {
    clearTimeout(timer);
    return { program, prints, ...output, code: code ?? null };
  });
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  child.stdout.on("data", () => {
    if (hasPrinted(output.printed, prints)) resolve();
  });
  return { child, ended, shown: Promise.race([enough, ended]) };
}
