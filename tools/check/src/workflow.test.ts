import { readFileSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { workspaceRoot } from "./command.ts";
import { openScratch, type Scratch } from "./scratch.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
}
interface Job {
  readonly steps: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": unknown };
  readonly "timeout-minutes"?: number;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Jobs of which nothing can run here. */
const elsewhere = new Map([
  ["images", "needs an image registry"],
  ["deploy", "needs a cluster"],
  ["everything", "is the run that this test is part of"],
  ["peers", "needs a container of Debian"],
]);

const workflow: Workflow = parse(readFileSync(join(workspaceRoot, ".github/workflows/ci.yml"), "utf8"));
const jobs = Object.entries(workflow.jobs);
const steps = jobs.flatMap(([, job]) => job.steps);

/** The lines of what is checked on an event, in their order; `npm ci` is what the scratch copy has behind it. */
function linesOn(event: "pull_request" | "push"): string[] {
  const own = workflow.jobs["affected"]?.steps.filter(
    (step) => step.if === undefined || step.if.includes(`'${event}'`),
  );
  return (own ?? []).flatMap(({ run }) => (run === undefined || run === "npm ci" ? [] : [run]));
}

/** Runs lines one after the other as GitHub does: what one writes to GITHUB_ENV the next ones see. */
const runner = (lines: readonly string[]): string =>
  lines.map((line) => `set -a; . "$GITHUB_ENV"; set +a\n${line}`).join("\n");

describe("the CI workflow", () => {
  let scratch: Scratch;

  beforeAll(async () => {
    scratch = await openScratch(workspaceRoot);
    await scratch.must("git", "update-ref", "refs/remotes/origin/main", "main");
    // Stands in for GitHub's: answers the commit of the last run that succeeded.
    await scratch.write("../bin/gh", '#!/bin/sh\necho "$LAST_SUCCESS"\n');
    await chmod(join(scratch.path, "../bin/gh"), 0o755);
  });

  beforeEach(async () => {
    await scratch.must("git", "checkout", "--quiet", "-B", "topic", "main");
  });

  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
  });

  async function change(path: string): Promise<void> {
    await scratch.write(path, "changed\n");
    await scratch.commit(`change ${path}`);
  }

  async function run(
    lines: readonly string[],
    lastSuccess = "",
  ): Promise<{ readonly code: number; readonly output: string; readonly deployments: string }> {
    const [env, written] = ["../github.env", "../github.output"];
    await scratch.write(env, "");
    await scratch.write(written, "");
    const { code, stdout, stderr } = await scratch.run(
      "env",
      ...Object.entries(workflow.env).map(([name, value]) => `${name}=${value}`),
      `PATH=${join(scratch.path, "../bin")}:${scratch.environment["PATH"]}`,
      "GITHUB_BASE_REF=main",
      `GITHUB_ENV=${env}`,
      `GITHUB_OUTPUT=${written}`,
      `LAST_SUCCESS=${lastSuccess}`,
      "bash",
      "-e",
      "-o",
      "pipefail",
      "-c",
      runner(lines),
    );
    return { code, output: stdout + stderr, deployments: readFileSync(join(scratch.path, written), "utf8") };
  }

  it("says of each job whether its lines are tried here", () => {
    expect(jobs.map(([name]) => name).sort()).toEqual([...elsewhere.keys(), "affected"].sort());
    expect(linesOn("pull_request").length).toBeGreaterThan(1);
    expect(linesOn("push").length).toBeGreaterThan(2);
  });

  it("runs nothing for a pull request that changes the README", async () => {
    await change("README.md");
    const { code, output } = await run(linesOn("pull_request"));
    expect(output).toContain("No tasks were run");
    expect(code).toBe(0);
  });

  it("fails for a pull request that a check refuses", async () => {
    await change("tools/misc/notes.txt");
    const { code, output } = await run(linesOn("pull_request"));
    expect(output).toContain(`tools/misc/notes.txt "misc" says nothing of what is inside`);
    expect(code).not.toBe(0);
  });

  it("on main, runs and deploys nothing when only the README has changed since the last success", async () => {
    await change("README.md");
    const { code, output, deployments } = await run(
      linesOn("push"),
      (await scratch.must("git", "rev-parse", "main")).trim(),
    );
    expect(output).toContain("No tasks were run");
    expect(deployments).toBe("projects=[]\n");
    expect(code).toBe(0);
  });

  it("on main, makes up for a commit whose run did not succeed", async () => {
    const lastSuccess = (await scratch.must("git", "rev-parse", "HEAD")).trim();
    await change("tools/misc/notes.txt");
    await change("README.md");
    const { code, output } = await run(linesOn("push"), lastSuccess);
    expect(output).toContain(`tools/misc/notes.txt "misc" says nothing of what is inside`);
    expect(code).not.toBe(0);
  });

  it.each([
    ["none has succeeded", ""],
    ["main no longer has the one that did", "0123456789012345678901234567890123456789"],
  ])("on main, compares with the first commit when %s", async (_, lastSuccess) => {
    const comparison = linesOn("push").filter((line) => !line.startsWith("npx nx affected"));
    await change("k8s/user-service/change.yaml");
    await change("README.md");
    const { deployments } = await run(comparison, lastSuccess);
    expect(deployments).toBe('projects=["user-service"]\n');
  });

  it("pins the version of every action, and takes only GitHub's own", () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.filter((action) => !/^actions\/[a-z-]+@v\d+(\.\d+)*$/.test(action))).toEqual([]);
  });

  it("lets no job write but the one that pushes images, and that only images", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    const writers = jobs.filter(([, job]) => Object.values(job.permissions ?? {}).includes("write"));
    expect(writers.map(([name, { permissions }]) => [name, permissions])).toEqual([
      ["images", { contents: "read", packages: "write" }],
    ]);
  });

  it("deploys each service by itself, in a protected environment, one version after the other", () => {
    expect(workflow.jobs["deploy"]).toMatchObject({
      environment: "production",
      concurrency: { group: "deploy-${{ matrix.project }}", "cancel-in-progress": false },
    });
  });

  it("bounds every job, and puts no expression into a script, where it could become a command", () => {
    expect(jobs.filter(([, job]) => job["timeout-minutes"] === undefined)).toEqual([]);
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });

  it("runs everything, as the README says, every night and when asked", () => {
    const script = readFileSync(join(workspaceRoot, ".ci/run"), "utf8");
    expect(script.trimEnd().split("\n").at(-1)).toBe("npm ci && npm test");
    expect(workflow.jobs["everything"]?.steps.flatMap(({ run }) => run ?? [])).toEqual(["npm ci", "npm test"]);
  });
});
