import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { workspaceRoot } from "./command.ts";
import { openScratch, type Scratch } from "./scratch.ts";

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly uses?: string; readonly run?: string }[] }>
  >;
}

/** Lines that cannot run inside a test of the project that they install or test. */
const elsewhere = new Map([
  ["npm ci", "needs the registry, and is what the clone of this very run has behind it"],
  ["npm test", "is the run that this test is part of"],
]);

const workflow: Workflow = parse(readFileSync(join(workspaceRoot, ".github/workflows/ci.yml"), "utf8"));
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const runnable = new Set(steps.flatMap(({ run }) => (run === undefined || elsewhere.has(run) ? [] : [run])));

describe("the CI workflow", () => {
  let scratch: Scratch;

  beforeAll(async () => {
    scratch = await openScratch(workspaceRoot);
    await scratch.must("git", "update-ref", "refs/remotes/origin/main", "main");
  });

  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
  });

  /** Runs a line as GitHub does for a pull request to main that changes one file. */
  async function runAfterChange(
    line: string,
    path: string,
  ): Promise<{ readonly code: number; readonly output: string }> {
    await scratch.must("git", "checkout", "--quiet", "-B", "topic", "main");
    await scratch.write(path, "changed\n");
    await scratch.commit(`change ${path}`);
    const { code, stdout, stderr } = await scratch.run(
      "env",
      "GITHUB_BASE_REF=main",
      "bash",
      "-e",
      "-o",
      "pipefail",
      "-c",
      line,
    );
    return { code, output: stdout + stderr };
  }

  it("has at least one line that runs here", () => {
    expect(runnable.size).toBeGreaterThan(0);
  });

  it("knows every line that it leaves out", () => {
    expect([...elsewhere.keys()].filter((line) => !steps.some(({ run }) => run === line))).toEqual([]);
  });

  it.each([...runnable])("runs nothing for a change of the README: %s", async (line) => {
    const { code, output } = await runAfterChange(line, "README.md");
    expect(output).toContain("No tasks were run");
    expect(code).toBe(0);
  });

  it.each([...runnable])("fails for a change that a check refuses: %s", async (line) => {
    const { code, output } = await runAfterChange(line, "tools/misc/notes.txt");
    expect(output).toContain(`tools/misc/notes.txt "misc" says nothing of what is inside`);
    expect(code).not.toBe(0);
  });

  it("pins the major version of every action", () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.filter((action) => !/^actions\/[a-z-]+@v\d+$/.test(action))).toEqual([]);
  });

  it("asks CI to run what the README says", () => {
    const script = readFileSync(join(workspaceRoot, ".ci/run"), "utf8");
    expect(script.trimEnd().split("\n").at(-1)).toBe("npm ci && npm test");
    expect(steps.map(({ run }) => run)).toContain("npm test");
  });
});
