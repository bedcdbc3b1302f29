import { execFileSync } from "node:child_process";
import { rest } from "./project/modules.ts";
import type { Modules } from "./project/modules.ts";
import type { CoChange, HistoryReport } from "./report.ts";

/** Commits that are read at most, the newest first. */
export const maxCommits = 3000;
/** A commit with more files is a reformatting or a move, and tells nothing of what belongs together. */
const maxFilesInCommit = 40;
const maxPairs = 30;
const leastTogether = 3;
const timeoutMs = 60_000;

/** The commit that is checked out; undefined outside of a git repository, or without git. */
export function headOf(root: string): string | undefined {
  return git(root, ["rev-parse", "HEAD"])?.trim();
}

/** Reads which files, and modules, the last commits changed together; undefined without a git history. */
export function readHistory(root: string, files: readonly string[], modules: Modules): HistoryReport | undefined {
  const log = git(root, [
    "log",
    "--no-merges",
    "--no-renames",
    `--max-count=${maxCommits}`,
    "--relative",
    "--name-only",
    "--format=%x00%cs",
    "--",
    ".",
  ]);
  if (log === undefined) return undefined;
  const known = new Set(files);
  const commits = log
    .split("\0")
    .slice(1)
    .map((entry) => {
      const [date = "", ...names] = entry.split("\n").filter((line) => line !== "");
      return { date, names: names.filter((name) => known.has(name)), all: names.length };
    });
  const small = commits.filter(({ all }) => all <= maxFilesInCommit);
  const ofModules = small.map(({ names }) =>
    [...new Set(names.map((name) => modules.moduleOf(name)))].filter((name) => name !== rest),
  );
  const ofFiles = small.map(({ names }) => names);
  return {
    commits: small.length,
    leftOut: commits.length - small.length,
    since: commits.at(-1)?.date ?? "",
    modules: together(ofModules, () => true),
    files: together(ofFiles, (a, b) => {
      const [first, second] = [modules.moduleOf(a), modules.moduleOf(b)];
      return first !== second && first !== rest && second !== rest;
    }).slice(0, maxPairs),
  };
}

function together(commits: readonly (readonly string[])[], counts: (a: string, b: string) => boolean): CoChange[] {
  const alone = new Map<string, number>();
  const pairs = new Map<string, number>();
  for (const names of commits) {
    const sorted = [...names].sort();
    sorted.forEach((a, index) => {
      alone.set(a, (alone.get(a) ?? 0) + 1);
      for (const b of sorted.slice(index + 1))
        if (counts(a, b)) pairs.set(`${a}\0${b}`, (pairs.get(`${a}\0${b}`) ?? 0) + 1);
    });
  }
  return [...pairs]
    .filter(([, count]) => count >= leastTogether)
    .map(([key, count]): CoChange => {
      const [a = "", b = ""] = key.split("\0");
      const rarer = Math.min(alone.get(a) ?? count, alone.get(b) ?? count);
      return { pair: [a, b], together: count, share: count / rarer };
    })
    .sort((a, b) => b.together - a.together || b.share - a.share);
}

/** What git prints; undefined where it fails: no repository, no commit, no git. */
function git(root: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync("git", ["-c", "safe.directory=*", "-c", "core.quotepath=off", ...args], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
      timeout: timeoutMs,
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return undefined;
  }
}
