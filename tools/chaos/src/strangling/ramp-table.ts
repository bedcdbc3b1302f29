import { inSeconds } from "../measure/seconds.ts";
import { formatColumns } from "../report/columns.ts";
import { titleOf } from "./candidate-faults.ts";
import type { RampResult } from "./ramp-run.ts";

const headings = [
  "fault of the candidate",
  "when",
  "rolled back from",
  "after",
  "calls meanwhile",
  "failed for callers",
  "wrong for callers",
  "callers' calls it struck",
  "mirrored ones it struck",
];

/** The time to roll back and the calls harmed, as a table in Markdown. */
export function formatRampTable(results: readonly RampResult[]): string {
  return formatColumns(headings, results.map(cellsOf));
}

/** What is not as promised: a fault that was not rolled back, or a good candidate that was. */
export function violationsOf(results: readonly RampResult[]): readonly string[] {
  return results
    .filter(({ fault, rolledBackAfterMs }) => (fault.tag === "none") !== (rolledBackAfterMs === undefined))
    .map(({ fault, when, reason }) => `${titleOf(fault)}, ${when}: ${reason}`);
}

function cellsOf(result: RampResult): string[] {
  const { fault, when, percent, rolledBackAfterMs, calls, failed, wrong, struck, struckMirrored } = result;
  return [
    titleOf(fault),
    when,
    percent === undefined ? "not at all" : `${percent} %`,
    rolledBackAfterMs === undefined ? "–" : inSeconds(rolledBackAfterMs),
    ...[calls, failed, wrong, struck, struckMirrored].map((count) => count.toLocaleString("en-GB")),
  ];
}
