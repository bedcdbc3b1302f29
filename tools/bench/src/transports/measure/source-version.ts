import { workspaceFolder } from "../places.ts";
import { runCommand } from "./run-command.ts";

const askMs = 10_000;

/** The commit that was measured, and whether something was changed since; of a copy without git, that there is none. */
export async function sourceVersion(): Promise<string> {
  const git = (...args: readonly string[]): Promise<string> =>
    runCommand("git", args, { cwd: workspaceFolder, timeoutMs: askMs });
  try {
    const commit = (await git("rev-parse", "--short", "HEAD")).trim();
    const changes = await git("status", "--porcelain", "--", "libs", "tools/bench/src", "package-lock.json");
    return `commit ${commit}${changes === "" ? "" : " with changes"}`;
  } catch {
    return "no commit is known";
  }
}
