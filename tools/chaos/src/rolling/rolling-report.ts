import { longestGapMs, percentileMs } from "../load/figures.ts";
import { inSeconds } from "../measure/seconds.ts";
import { formatColumns } from "../report/columns.ts";
import { describeVersions } from "../report/versions.ts";
import { goingDown } from "./restarts.ts";
import type { RollingResult } from "./rolling-run.ts";

const headings = ["method", "calls", "failed", "p50", "p99", "longest"];
/** A service that is down fails thousands of calls in the same words. */
const mostListed = 50;

/** What came of it, in Markdown. */
export function formatRolling(result: RollingResult): string {
  const { restarts } = result;
  const surges = restarts.filter(({ manner }) => manner === "surge").length;
  const changes = `${restarts.length} restarts: ${surges} with the new one ready first, ${restarts.length - surges} in place`;
  return joinSections([describeVersions(result.etcdVersion), ...describeLoad(result, changes)]);
}

/**
 * How calls went: a table by method, a list of what else counts, and one of what failed, where something has.
 *
 * @param changes what was done to the platform meanwhile, in a line
 */
export function describeLoad(result: RollingResult, changes: string): readonly string[] {
  const { ends, tookMs, environment, orders, differences } = result;
  const methods = [...new Set(ends.map(({ method }) => method))].toSorted();
  const rows = [...methods, "all"].map((method) => {
    const own = method === "all" ? ends : ends.filter((end) => end.method === method);
    const failed = own.filter(({ failure }) => failure !== undefined).length;
    const times = [50, 99, 100].map((percentile) => inMilliseconds(percentileMs(own, percentile)));
    return [method, thousands(own.length), String(failed), ...times];
  });
  const summary = [
    `${thousands(ends.length)} calls in ${inSeconds(tookMs)}, ${thousands((ends.length * 1000) / tookMs)} a second; BANYAN_ENV=${environment}`,
    changes,
    `failed calls: ${failuresOf(result).length}`,
    `longest time without an answer: ${inMilliseconds(longestGapMs(ends))}`,
    `${thousands(orders)} orders acknowledged; orders and stock that differ from it: ${differences.length}`,
  ];
  const failed = [...failuresOf(result), ...differences].slice(0, mostListed).map((words) => `FAILED: ${words}`);
  return [formatColumns(headings, rows), ...[summary, failed].filter((lines) => lines.length > 0).map(asList)];
}

export function joinSections(sections: readonly string[]): string {
  return `${sections.join("\n\n")}\n`;
}

function asList(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}

/** Each call that failed, with what was going on. */
export function failuresOf({ ends, restarts }: Pick<RollingResult, "ends" | "restarts">): readonly string[] {
  return ends.flatMap(({ method, startedAt, tookMs, failure }) => {
    if (failure === undefined) return [];
    const who = goingDown(restarts, startedAt, startedAt + tookMs);
    return [`${method} after ${inMilliseconds(tookMs)}: ${failure.code}, ${failure.message}; going down: ${who}`];
  });
}

function inMilliseconds(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

function thousands(count: number): string {
  return Math.round(count).toLocaleString("en-GB");
}
