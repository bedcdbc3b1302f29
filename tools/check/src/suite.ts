import { existsSync, readFileSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { workspaceRoot } from "./command.ts";
import { readTargets } from "./graph.ts";
import { runTasks } from "./nx-run.ts";
import { findSkipReason } from "./skip-reason.ts";
import { summarize, type TaskEnd } from "./summary.ts";
import type { NamedTest, TestRun, VitestReport } from "./test-report.ts";
import { readWorkspace } from "./workspace.ts";

const startedAt = performance.now();
const withLongSuites = process.argv.includes("--all");
const workspace = readWorkspace(workspaceRoot);
const projects = await readTargets();

/** Cheap ones first: a slip of the keyboard shows before the first database has started. */
const phases = [
  ["check", "contracts", "lint", "typecheck"],
  ["build"],
  ["test"],
  ...(withLongSuites ? [["test-long"]] : []),
];
/** The targets that run vitest, and where each leaves its report. */
const reports: Readonly<Record<string, string>> = {
  test: ".report/vitest.json",
  "test-long": ".report/vitest-long.json",
};

/** A test that hangs must not hold a machine for ever. */
const limitMinutes = withLongSuites ? 240 : 30;

const stopping = new AbortController();
let ended: string | undefined;
function end(signal: NodeJS.Signals, why: string): void {
  ended ??= why;
  process.exitCode = 128 + constants.signals[signal];
  stopping.abort(signal);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => end(signal, `it got ${signal}`));
setTimeout(() => end("SIGTERM", `it took more than ${limitMinutes} minutes`), limitMinutes * 60_000).unref();

// A report of an earlier run must not speak for this one; Nx brings back those of cached tasks.
for (const { root } of projects)
  for (const report of Object.values(reports)) rmSync(join(workspaceRoot, root, report), { force: true });

const ends: TaskEnd[] = [];
for (const targets of phases) ends.push(...(await runTasks(targets, targets.flatMap(tasksOf), stopping.signal)));

const { lines, succeeded } = summarize(
  {
    tasks: ends,
    testRuns: phases.flat().flatMap(testRunsOf),
    leftOut: (withLongSuites ? [] : tasksOf("test-long")).map((task) => ({
      task,
      why: "long; npm run test:all runs it",
    })),
    wallTimeMs: performance.now() - startedAt,
    ...(ended === undefined ? {} : { ended }),
  },
  whySkipped,
);
process.stdout.write(`\n${lines.join("\n")}\n`);
if (!succeeded) process.exitCode ??= 1;

function tasksOf(target: string): string[] {
  return projects.filter(({ targets }) => targets.has(target)).map(({ name }) => `${name}:${target}`);
}

function testRunsOf(target: string): TestRun[] {
  const report = reports[target];
  if (report === undefined) return [];
  return projects
    .filter(({ targets }) => targets.has(target))
    .map(({ name, root }): TestRun => {
      const run = { task: `${name}:${target}`, projectRoot: root };
      const path = join(workspaceRoot, root, report);
      if (!existsSync(path)) return run;
      const content: VitestReport = JSON.parse(readFileSync(path, "utf8"));
      return { ...run, report: content };
    });
}

function whySkipped({ path, title }: NamedTest): string {
  const reason = workspace.paths.includes(path) ? findSkipReason(workspace.source(path), title) : undefined;
  return reason ?? "its file says why";
}
