import type { Fault } from "./fault.ts";
import { inSeconds } from "./measure/seconds.ts";
import { runRow, type RowOptions, type RowResult } from "./row.ts";

export interface RowsOptions extends RowOptions {
  /** How many are played side by side. */
  readonly atOnce: number;
  /** Gets a line when a row starts, and when it has ended. */
  readonly onProgress: (line: string) => void;
}

/** Plays faults, each on an etcd of its own. @returns their results in the order of the faults; fewer when aborted */
export async function runRows(faults: readonly Fault[], options: RowsOptions): Promise<readonly RowResult[]> {
  const results = new Map<Fault, RowResult>();
  const waiting = [...faults];
  const work = async (): Promise<void> => {
    for (let fault = waiting.shift(); fault !== undefined && !options.signal.aborted; fault = waiting.shift()) {
      options.onProgress(`… ${fault.name}: ${fault.title}`);
      const result = await runRow(fault, options);
      results.set(fault, result);
      for (const line of describeRow(result)) options.onProgress(line);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, work));
  return faults.flatMap((fault) => results.get(fault) ?? []);
}

/** One line for a row that holds; for another one, what is wrong with it and the last lines of its log. */
export function describeRow({ name, violations, remarks, tookMs, logFile, lastLines }: RowResult): string[] {
  const took = inSeconds(tookMs);
  if (violations.length === 0) return [[`✔ ${name}  ${took}`, ...remarks].join("; ")];
  return [
    `✘ ${name}  ${took}`,
    ...violations.map((violation) => `    ${violation}`),
    `  the whole log is ${logFile}; its end:`,
    ...lastLines.map((line) => `    ${line}`),
  ];
}
