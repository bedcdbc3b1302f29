import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkBreaking } from "./breaking.ts";
import { workspaceRoot } from "./command.ts";
import { openScratch, type Scratch } from "./scratch.ts";

const contract = "proto/user/v1/user.proto";

describe("breaking", () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await openScratch(workspaceRoot, /^(proto\/|buf\.)/);
  });

  afterEach(async () => {
    await scratch[Symbol.asyncDispose]();
  });

  async function change(from: string, to: string): Promise<void> {
    const text = await readFile(join(scratch.path, contract), "utf8");
    await scratch.write(contract, text.replaceAll(from, to));
    await scratch.commit(`${from} becomes ${to}`);
  }

  it("says that a first commit has nothing to compare with, and passes", async () => {
    expect(await checkBreaking(scratch.path)).toEqual({
      comparison: "nothing to compare with: no commit before this one in this clone",
      violations: [],
    });
  });

  it("compares main with the commit before", async () => {
    await change("string user_id", "int64 user_id");
    const { comparison, violations } = await checkBreaking(scratch.path);
    expect(comparison).toMatch(/^compared with [0-9a-f]{12}, the commit before this one$/);
    expect(violations).toContainEqual({
      path: contract,
      line: expect.any(Number),
      rule: "contracts/breaking",
      message: expect.stringContaining('changed type from "string" to "int64"'),
    });
  });

  it("compares a branch with its merge base, however many commits ago", async () => {
    await scratch.must("git", "checkout", "--quiet", "-b", "topic");
    await change("string user_id", "int64 user_id");
    await change("// Creates and reads users.", "// Reads and creates users.");
    const { comparison, violations } = await checkBreaking(scratch.path);
    expect(comparison).toMatch(/, the merge base with main$/);
    expect(violations.length).toBeGreaterThan(0);
  });

  it("finds the merge base in a clone whose main is the remote's alone, as on a pull request", async () => {
    await scratch.must("git", "update-ref", "refs/remotes/origin/main", "HEAD");
    await scratch.must("git", "checkout", "--quiet", "--detach");
    await scratch.must("git", "branch", "--quiet", "-D", "main");
    await change("string user_id", "int64 user_id");
    const { comparison, violations } = await checkBreaking(scratch.path);
    expect(comparison).toMatch(/, the merge base with main$/);
    expect(violations.length).toBeGreaterThan(0);
  });

  it("lets a contract grow", async () => {
    await change("string user_id = 1;\n}", "string user_id = 1;\n  // New.\n  string added = 99;\n}");
    expect((await checkBreaking(scratch.path)).violations).toEqual([]);
  });

  it("says that a shallow clone has nothing to compare with, and passes", async () => {
    await change("string user_id", "int64 user_id");
    await scratch.must("git", "clone", "--quiet", "--depth=1", `file://${scratch.path}`, "shallow");
    expect(await checkBreaking(join(scratch.path, "shallow"))).toEqual({
      comparison: "nothing to compare with: no commit before this one in this clone",
      violations: [],
    });
  });

  it("says that there were no contracts before, and passes", async () => {
    await scratch.must("git", "rm", "-r", "--quiet", "--cached", "proto");
    await scratch.must("git", "commit", "--quiet", "--message", "no contracts");
    await scratch.commit("contracts");
    const { comparison, violations } = await checkBreaking(scratch.path);
    expect(comparison).toMatch(/^nothing to compare with: no contracts at [0-9a-f]{12}$/);
    expect(violations).toEqual([]);
  });

  it("says that a clone without main has nothing to compare with, and passes", async () => {
    await scratch.must("git", "branch", "--quiet", "-m", "trunk");
    expect((await checkBreaking(scratch.path)).comparison).toBe(
      "nothing to compare with: this clone has no branch main",
    );
  });
});
