import { countTests, type NamedTest, type TestRun } from "./test-report.ts";

/** A task that Nx was asked for, and how it ended. */
export interface TaskEnd {
  /** `@banyan/registry:lint` */
  readonly task: string;
  readonly outcome: "succeeded" | "failed" | "did not run";
}

/** Everything that the closing lines of the suite are made of. */
export interface SuiteResult {
  readonly tasks: readonly TaskEnd[];
  readonly testRuns: readonly TestRun[];
  /** Tasks that this suite leaves out on purpose, and why. */
  readonly leftOut: readonly { readonly task: string; readonly why: string }[];
  readonly wallTimeMs: number;
  /** Why the suite was ended before its time, if it was. */
  readonly ended?: string;
}

/** The closing lines, and whether all is well. */
export interface Summary {
  /** The last one is exactly `N passed, N failed, N skipped`. */
  readonly lines: readonly string[];
  readonly succeeded: boolean;
}

/**
 * Adds up what ran. Each of these counts as one failed: a failed test; a task that failed without a failed test, or did
 * not run; a test task that left no report.
 *
 * @param whySkipped answers why a test skipped itself
 */
export function summarize(result: SuiteResult, whySkipped: (test: NamedTest) => string): Summary {
  const counts = result.testRuns.map(({ task, projectRoot, report }) => {
    return { task, count: report === undefined ? undefined : countTests(report, projectRoot) };
  });
  const failedTests = counts.flatMap(({ count }) => count?.failed ?? []);
  const retried = counts.flatMap(({ count }) => count?.retried ?? []);
  const skipped = counts.flatMap(({ count }) => count?.skipped ?? []);
  const passed = counts.reduce((sum, { count }) => sum + (count?.passed ?? 0), 0);

  const unreported = counts.filter(({ count }) => count === undefined).map(({ task }) => task);
  const explained = new Set(counts.filter(({ count }) => count?.failed.length !== 0).map(({ task }) => task));
  const failedTasks = result.tasks.filter(({ outcome, task }) => outcome === "failed" && !explained.has(task));
  const stopped = result.tasks.filter(({ outcome }) => outcome === "did not run");
  const unexplained = unreported.filter((task) => !stopped.some((other) => other.task === task));
  const failed = failedTests.length + failedTasks.length + stopped.length + unexplained.length;

  const lines = [
    ...(result.ended === undefined ? [] : [`Ended before its time: ${result.ended}`]),
    ...section(
      "Tests",
      counts.flatMap(({ task, count }) => {
        if (count === undefined) return [];
        return [`${task}: ${count.passed} passed, ${count.failed.length} failed, ${count.skipped.length} skipped`];
      }),
    ),
    ...section("Failed", [
      ...failedTests.map(({ path, fullName }) => `${path} ${fullName}`),
      ...failedTasks.map(({ task }) => task),
      ...unexplained.map((task) => `${task}: left no report of its tests`),
    ]),
    ...section(
      "Passed on the second try",
      retried.map(({ path, fullName, why }) => `${path} ${fullName}: ${why}`),
    ),
    ...section(
      "Skipped",
      skipped.map((test) => `${test.path} ${test.fullName}: ${whySkipped(test)}`),
    ),
    ...section("Did not run", [
      ...stopped.map(({ task }) => `${task}: a task that it needs failed, or the run was ended before it`),
      ...result.leftOut.map(({ task, why }) => `${task}: ${why}`),
    ]),
    `Wall time: ${duration(result.wallTimeMs)}`,
    `${passed} passed, ${failed} failed, ${skipped.length} skipped`,
  ];
  return { lines, succeeded: failed === 0 && result.ended === undefined };
}

function section(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [`${title}: nothing`] : [`${title}:`, ...entries.map((entry) => `  ${entry}`)];
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
