import { inSeconds } from "../measure/seconds.ts";
import type { RowResult } from "../row.ts";

const headings = [
  "fault",
  "etcd",
  "re-announced after",
  "oldest list",
  "wrong routes",
  "a gone one listed for",
  "longest turn",
  "longest delay",
  "verdict",
];

/** The results as a table in Markdown, as prettier would format it. */
export function formatTable(results: readonly RowResult[]): string {
  const rows = [headings, ...results.map(cellsOf)];
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

function cellsOf(result: RowResult): string[] {
  const { title, world, backAfterMs, oldestAgeMs, picks, wrongPicks, violations } = result;
  return [
    title,
    world === "single" ? "1 member" : "3 members",
    backAfterMs === undefined ? "never" : inSeconds(backAfterMs),
    inSeconds(oldestAgeMs),
    `${thousands(wrongPicks)} of ${thousands(picks)}`,
    result.goneListedMs === 0 ? "–" : `${inSeconds(result.goneListedMs)} (${inSeconds(result.goneListedReachablyMs)})`,
    `${Math.round(result.longestTurnMs)} ms`,
    `${Math.round(result.longestDelayMs)} ms`,
    violations.length === 0 ? "holds" : "BROKEN",
  ];
}

function thousands(count: number): string {
  return count.toLocaleString("en-GB");
}
