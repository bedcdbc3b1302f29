import { formatNumber } from "../../format-number.ts";
import type { Report } from "../../report.ts";
import type { CaseOutcome, MemoryEntry, Side } from "./outcome.ts";
import { entryNamed, median, summaryOf } from "./summary.ts";

const sideWords: Readonly<Record<Side, string>> = {
  server: "server under a neutral load",
  pair: "client and server",
};

/** One table a side; a peer that was left out has its reason below. @param baseName whom all are compared with */
export function reportCase(report: Report, outcome: CaseOutcome, baseName: string): void {
  const { name, words, unit } = outcome.case;
  report.section(`${name}: ${words}`);
  for (const side of ["server", "pair"] as const) {
    const entries = outcome.entries.filter((entry) => entry.side === side);
    if (entries.length === 0) continue;
    const base = entryNamed(outcome, baseName, side);
    const rows = entries.flatMap((entry) => {
      const summary = summaryOf(entry, base);
      if (summary === undefined) return [];
      const { perSecond, spreadPercent, ratio, cpuRatio, serverMicros, clientMicros, latency } = summary;
      const figures = [perSecond, spreadPercent, ratio, cpuRatio, serverMicros];
      if (side === "pair") figures.push(clientMicros);
      return [[entry.words, ...[...figures, latency?.p50, latency?.p99, latency?.p999].map(cellOf)]];
    });
    const columns = [`${unit}/s`, "± %", `to ${base?.words ?? baseName}`, "by CPU", "server CPU, µs"];
    if (side === "pair") columns.push("client CPU, µs");
    if (rows.length > 0) report.table([sideWords[side], ...columns, "p50, µs", "p99, µs", "p99.9, µs"], rows);
    for (const { words: who, failure } of entries) {
      if (failure !== undefined) report.remark(`${name}, ${sideWords[side]}: ${who} was left out: ${failure}`);
    }
  }
}

export function reportMemory(report: Report, entries: readonly MemoryEntry[]): void {
  const measured = entries.filter(({ idleBytes }) => idleBytes.length > 0);
  const rows = measured.map(({ words, idleBytes, perConnection, perStream }) => [
    words,
    cellOf(scaled(median(idleBytes), 1024 ** 2)),
    cellOf(scaled(median(perConnection), 1024)),
    cellOf(scaled(median(perStream), 1024)),
  ]);
  const columns = ["resident before, MiB", "an idle connection, KiB", "an idle stream, KiB"];
  if (entries.length > 0) report.section("memory: what rests");
  if (rows.length > 0) report.table(["server", ...columns], rows);
  for (const { words, failure } of entries) {
    if (failure !== undefined) report.remark(`memory: ${words} was left out: ${failure}`);
  }
}

function scaled(bytes: number | undefined, unit: number): number | undefined {
  return bytes === undefined ? undefined : bytes / unit;
}

function cellOf(value: number | undefined): string {
  return value === undefined ? "–" : formatNumber(value);
}
