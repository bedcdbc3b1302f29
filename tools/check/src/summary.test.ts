import { describe, expect, it } from "vitest";
import { summarize, type SuiteResult, type Summary } from "./summary.ts";
import type { TestRun, VitestReport } from "./test-report.ts";

type TestFile = VitestReport["testResults"][number];

function testFile(statuses: readonly string[], status = statuses.includes("failed") ? "failed" : "passed"): TestFile {
  return {
    name: "/somewhere/libs/a/src/a.test.ts",
    status,
    assertionResults: statuses.map((each, index) => ({
      status: each,
      title: `${index}`,
      fullName: `a ${index}`,
      failureMessages: [],
    })),
  };
}

function testRun(...testResults: readonly TestFile[]): TestRun {
  return { task: "@banyan/a:test", projectRoot: "libs/a", report: { testResults } };
}

function summary(result: Partial<SuiteResult>): Summary {
  return summarize({ tasks: [], testRuns: [], leftOut: [], wallTimeMs: 0, ...result }, () => "no fsync here");
}

describe("the closing summary", () => {
  it("adds up reports, and ends in the counts", () => {
    const { lines, succeeded } = summary({
      tasks: [{ task: "@banyan/a:test", outcome: "succeeded" }],
      testRuns: [testRun(testFile(["passed", "passed"]), testFile(["passed"]))],
      wallTimeMs: 191_700,
    });
    expect(lines).toEqual([
      "Tests:",
      "  @banyan/a:test: 3 passed, 0 failed, 0 skipped",
      "Failed: nothing",
      "Passed on the second try: nothing",
      "Skipped: nothing",
      "Did not run: nothing",
      "Wall time: 3 min 12 s",
      "3 passed, 0 failed, 0 skipped",
    ]);
    expect(succeeded).toBe(true);
  });

  it("counts a failed test once, though its task failed too", () => {
    const { lines, succeeded } = summary({
      tasks: [{ task: "@banyan/a:test", outcome: "failed" }],
      testRuns: [testRun(testFile(["passed", "failed"]))],
    });
    expect(lines).toContain("  libs/a/src/a.test.ts a 1");
    expect(lines.at(-1)).toBe("1 passed, 1 failed, 0 skipped");
    expect(succeeded).toBe(false);
  });

  it("names a test that passed on its second try, and counts it as passed", () => {
    const retried = {
      status: "passed",
      title: "b",
      fullName: "a b",
      failureMessages: ["Error: too late\n    at b.ts:1"],
    };
    const { lines, succeeded } = summary({
      testRuns: [testRun({ ...testFile(["passed"]), assertionResults: [retried] })],
    });
    expect(lines).toContain("  libs/a/src/a.test.ts a b: Error: too late");
    expect(lines.at(-1)).toBe("1 passed, 0 failed, 0 skipped");
    expect(succeeded).toBe(true);
  });

  it("counts a test file that failed before its first test", () => {
    const { lines } = summary({ testRuns: [testRun(testFile([], "failed"))] });
    expect(lines).toContain("  libs/a/src/a.test.ts (outside of its tests)");
    expect(lines.at(-1)).toBe("0 passed, 1 failed, 0 skipped");
  });

  it("counts a test task that failed although its tests passed", () => {
    const { lines } = summary({
      tasks: [{ task: "@banyan/a:test", outcome: "failed" }],
      testRuns: [testRun(testFile(["passed"]))],
    });
    expect(lines.at(-1)).toBe("1 passed, 1 failed, 0 skipped");
  });

  it.each(["succeeded", "failed"] as const)("counts a test task that %s and left no report", (outcome) => {
    const { lines, succeeded } = summary({
      tasks: [{ task: "@banyan/a:test", outcome }],
      testRuns: [{ task: "@banyan/a:test", projectRoot: "libs/a" }],
    });
    expect(lines).toContain("  @banyan/a:test: left no report of its tests");
    expect(lines.at(-1)).toBe("0 passed, 1 failed, 0 skipped");
    expect(succeeded).toBe(false);
  });

  it("counts a failed lint, and a task that did not run, each once", () => {
    const { lines } = summary({
      tasks: [
        { task: "@banyan/a:lint", outcome: "failed" },
        { task: "@banyan/a:test", outcome: "did not run" },
      ],
      testRuns: [{ task: "@banyan/a:test", projectRoot: "libs/a" }],
    });
    expect(lines).toContain("  @banyan/a:lint");
    expect(lines).toContain("  @banyan/a:test: a task that it needs failed, or the run was ended before it");
    expect(lines.at(-1)).toBe("0 passed, 2 failed, 0 skipped");
  });

  it("says why tests were skipped, and what was left out", () => {
    const { lines, succeeded } = summary({
      testRuns: [testRun(testFile(["passed", "skipped"]), testFile(["todo"]))],
      leftOut: [{ task: "@banyan/a:test-long", why: "long; npm run test:all runs it" }],
    });
    expect(lines).toContain("  libs/a/src/a.test.ts a 1: no fsync here");
    expect(lines).toContain("  @banyan/a:test-long: long; npm run test:all runs it");
    expect(lines.at(-1)).toBe("1 passed, 0 failed, 2 skipped");
    expect(succeeded).toBe(true);
  });

  it("is no success of a suite that was ended before its time, and says so first", () => {
    const { lines, succeeded } = summary({ ended: "it got SIGINT" });
    expect(lines[0]).toBe("Ended before its time: it got SIGINT");
    expect(succeeded).toBe(false);
  });
});
