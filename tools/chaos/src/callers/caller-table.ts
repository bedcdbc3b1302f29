import { inSeconds } from "../measure/seconds.ts";
import { formatColumns } from "../report/columns.ts";
import type { CallerRowResult } from "./caller-row.ts";

const headings = [
  "fault",
  "calls",
  "failed idempotent calls",
  "failed others",
  "p99 before",
  "during",
  "after",
  "goodput before",
  "during",
  "after",
  "back to normal after",
  "verdict",
];

/** What callers saw, as a table in Markdown. */
export function formatCallerTable(results: readonly CallerRowResult[]): string {
  return formatColumns(headings, results.map(cellsOf));
}

function cellsOf(result: CallerRowResult): string[] {
  const { title, calls, failedRepeatable, failedOthers, p99, goodput, backAfterMs, violations } = result;
  return [
    title,
    calls.toLocaleString("en-GB"),
    String(failedRepeatable),
    String(failedOthers),
    ...[p99.before, p99.during, p99.after].map((ms) => (Number.isNaN(ms) ? "–" : `${Math.round(ms)} ms`)),
    ...[goodput?.before, goodput?.during, goodput?.after].map((rate) =>
      rate === undefined ? "–" : `${Math.round(rate)}/s`,
    ),
    backAfterMs === undefined ? "–" : inSeconds(backAfterMs),
    violations.length === 0 ? "holds" : "BROKEN",
  ];
}
