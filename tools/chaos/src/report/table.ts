import { inSeconds } from "../measure/seconds.ts";
import type { RowResult } from "../row.ts";
import { formatColumns } from "./columns.ts";

const headings = [
  "fault",
  "etcd",
  "re-announced after",
  "oldest list",
  "wrong routes",
  "failed calls",
  "a gone one listed for",
  "longest turn",
  "longest delay",
  "verdict",
];

/** The results as a table in Markdown. */
export function formatTable(results: readonly RowResult[]): string {
  return formatColumns(headings, results.map(cellsOf));
}

function cellsOf(result: RowResult): string[] {
  const { title, world, backAfterMs, oldestAgeMs, picks, wrongPicks, calls, failedCalls, violations } = result;
  return [
    title,
    world === "single" ? "1 member" : "3 members",
    backAfterMs === undefined ? "never" : inSeconds(backAfterMs),
    inSeconds(oldestAgeMs),
    `${thousands(wrongPicks)} of ${thousands(picks)}`,
    `${thousands(failedCalls)} of ${thousands(calls)}`,
    result.goneListedMs === 0 ? "–" : `${inSeconds(result.goneListedMs)} (${inSeconds(result.goneListedReachablyMs)})`,
    `${Math.round(result.longestTurnMs)} ms`,
    `${Math.round(result.longestDelayMs)} ms`,
    violations.length === 0 ? "holds" : "BROKEN",
  ];
}

function thousands(count: number): string {
  return count.toLocaleString("en-GB");
}
