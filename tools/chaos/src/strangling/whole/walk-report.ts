import { percentileMs } from "../../load/figures.ts";
import { inSeconds } from "../../measure/seconds.ts";
import { formatColumns } from "../../report/columns.ts";
import { figuresOf } from "./phase.ts";
import type { WalkResult } from "./walk.ts";

/** One cause fails thousands of calls in the same words. */
const mostListed = 40;
const mostWords = 6;

/** What visitors have seen. */
export type Seen = Pick<WalkResult, "asked" | "told" | "differences">;

/** What came of a walk, in Markdown. */
export function formatWalk(result: WalkResult): string {
  const kills = result.kills.map((kill) => `- killed with SIGKILL: ${kill}`);
  const parts = [phaseTable(result), ...(kills.length > 0 ? [kills.join("\n")] : []), formatVisit(result)];
  return parts.join("\n\n");
}

/** What visitors have seen, in Markdown. */
export function formatVisit(seen: Seen): string {
  const { asked, told } = seen;
  const wrong = faultsOf(seen);
  const oldestMs = asked.behindMs.reduce((most, ms) => Math.max(most, ms), 0);
  const facts = [
    `${inThousands(asked.ends.length)} calls, ${asked.ends.filter(({ failure }) => failure !== undefined).length} failed`,
    `acknowledged, and read again and again: ${told.users.length} users, ${told.items.length} items, ` +
      `${told.additions.length} additions of stock, ${told.orders.length} orders`,
    `answers that were behind what a caller had been told: ${asked.behindMs.length}, the oldest by ${inMilliseconds(oldestMs)}`,
    `orders answered PENDING, and taken further by their callers: ${asked.pending}`,
    ...[...asked.again].map(([what, count]) => `asked again, as the contract says, ${what}: ${count} times`),
    ...wrong.slice(0, mostListed).map((words) => `WRONG: ${words}`),
    wrong.length === 0 ? "everything is as the callers were told" : `WRONG in all: ${wrong.length}`,
  ];
  return `${[methodTable(seen), facts.map((fact) => `- ${fact}`).join("\n")].join("\n\n")}\n`;
}

/** What callers noticed, and what is not as they were told, in words. */
export function faultsOf({ asked, differences }: Seen): readonly string[] {
  const failed = asked.ends.flatMap(({ method, tookMs, failure }) =>
    failure === undefined ? [] : [`${method} after ${inMilliseconds(tookMs)}: ${failure.code}, ${failure.message}`],
  );
  return [...failed, ...asked.surprises, ...differences];
}

function phaseTable({ phases, asked }: WalkResult): string {
  const headings = ["step", "took", "calls", "failed", "longest read", "longest write", "said"];
  const rows = phases.map((phase) => {
    const { calls, failed, longestReadMs, longestWriteMs } = figuresOf(phase, asked.ends);
    return [
      shortened(phase.name),
      inSeconds(phase.endedAt - phase.startedAt),
      inThousands(calls),
      String(failed),
      inMilliseconds(longestReadMs),
      inMilliseconds(longestWriteMs),
      phase.said,
    ];
  });
  return formatColumns(headings, rows);
}

function methodTable({ asked: { ends } }: Seen): string {
  const methods = [...new Set(ends.map(({ method }) => method))].toSorted();
  const rows = methods.map((method) => {
    const own = ends.filter((end) => end.method === method);
    const failed = own.filter(({ failure }) => failure !== undefined).length;
    const times = [50, 99, 100].map((percentile) => inMilliseconds(percentileMs(own, percentile)));
    return [method, inThousands(own.length), String(failed), ...times];
  });
  return formatColumns(["method", "calls", "failed", "p50", "p99", "longest"], rows);
}

function inMilliseconds(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

function inThousands(count: number): string {
  return count.toLocaleString("en-GB");
}

/** Without its flags, but for the first. */
function shortened(name: string): string {
  const words = name.split(" ");
  return words.length > mostWords ? `${words.slice(0, mostWords).join(" ")} …` : name;
}
