/** What we read of the JSON that vitest's reporter leaves in `.report/` of a project. */
export interface VitestReport {
  readonly testResults: readonly {
    /** The test file, absolute on the machine that ran it. */
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly fullName: string;
      /** Of a test that passed: why its first try did not. */
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** A target that runs tests, and the report that it left, if it did. */
export interface TestRun {
  /** `@banyan/registry:test` */
  readonly task: string;
  readonly projectRoot: string;
  readonly report?: VitestReport;
}

/** One test, by its file relative to the workspace. */
export interface NamedTest {
  readonly path: string;
  readonly title: string;
  readonly fullName: string;
}

/** What a report counts up to. */
export interface TestCount {
  readonly passed: number;
  /** Those among `passed` that failed at first, each with the first line of why. */
  readonly retried: readonly (NamedTest & { readonly why: string })[];
  readonly failed: readonly NamedTest[];
  readonly skipped: readonly NamedTest[];
}

/** Counts one report. A file that failed before its first test counts as one failed test. */
export function countTests(report: VitestReport, projectRoot: string): TestCount {
  let passed = 0;
  const retried: (NamedTest & { readonly why: string })[] = [];
  const failed: NamedTest[] = [];
  const skipped: NamedTest[] = [];
  for (const { name, status, assertionResults } of report.testResults) {
    const path = name.slice(name.lastIndexOf(`/${projectRoot}/`) + 1);
    const failedBefore = failed.length;
    for (const test of assertionResults) {
      const named = { path, title: test.title, fullName: test.fullName };
      if (test.status === "passed") passed += 1;
      else if (test.status === "failed") failed.push(named);
      else skipped.push(named);

      const [failure] = test.failureMessages;
      if (test.status === "passed" && failure !== undefined) retried.push({ ...named, why: firstLine(failure) });
    }
    if (status === "failed" && failed.length === failedBefore)
      failed.push({ path, title: "", fullName: "(outside of its tests)" });
  }
  return { passed, retried, failed, skipped };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
