import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anyOwner, execute } from "./command.ts";
import { bufViolations } from "./contracts.ts";
import type { Violation } from "./violation.ts";

/** What `checkBreaking` compared with, or why there was nothing to compare with. */
export interface BreakingResult {
  readonly comparison: string;
  readonly violations: readonly Violation[];
}

/**
 * Judges that the contracts of the working tree break no client of the ones before: those of the merge base with main
 * on a branch, those of HEAD~1 on main, where the merge base is HEAD itself.
 *
 * A first commit, a shallow clone, and a commit without contracts have nothing to compare with: that is said, and passes.
 */
export async function checkBreaking(root: string): Promise<BreakingResult> {
  const base = await findBase(root);
  if (base.commit === undefined) return { comparison: `nothing to compare with: ${base.because}`, violations: [] };
  const comparison = `compared with ${base.commit.slice(0, 12)}, ${base.because}`;
  if ((await git(root, "ls-tree", "--name-only", base.commit, "buf.yaml", "proto/")).split("\n").length < 2)
    return { comparison: `nothing to compare with: no contracts at ${base.commit.slice(0, 12)}`, violations: [] };
  await using folder = await mkdtempDisposable(join(tmpdir(), "banyan-breaking-"));
  const archive = join(folder.path, "before.tar");
  await git(root, "archive", "--format=tar", `--output=${archive}`, base.commit, "buf.yaml", "proto");
  const outcome = await execute("buf", ["breaking", "--error-format=json", "--against", archive], { cwd: root });
  return { comparison, violations: bufViolations("contracts/breaking", outcome) };
}

async function findBase(root: string): Promise<{ readonly commit?: string; readonly because: string }> {
  const head = await commitOf(root, "HEAD");
  if (head === undefined) return { because: "no commit yet" };
  const main = (await commitOf(root, "refs/heads/main")) ?? (await commitOf(root, "refs/remotes/origin/main"));
  if (main === undefined) return { because: "this clone has no branch main" };
  const { code, stdout } = await execute("git", [...anyOwner, "merge-base", main, head], { cwd: root });
  const mergeBase = stdout.trim();
  if (code !== 0) return { because: "this clone does not reach back to the merge base with main" };
  if (mergeBase !== head) return { commit: mergeBase, because: "the merge base with main" };
  const before = await commitOf(root, "HEAD~1");
  return before === undefined
    ? { because: "no commit before this one in this clone" }
    : { commit: before, because: "the commit before this one" };
}

async function commitOf(root: string, name: string): Promise<string | undefined> {
  const args = [...anyOwner, "rev-parse", "--verify", "--quiet", `${name}^{commit}`];
  const { code, stdout } = await execute("git", args, { cwd: root });
  return code === 0 ? stdout.trim() : undefined;
}

async function git(root: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await execute("git", [...anyOwner, ...args], { cwd: root });
  if (code !== 0) throw new Error(`git ${args[0] ?? ""} failed: ${stderr.trim()}`);
  return stdout.trim();
}
