import { inSeconds } from "./measure/seconds.ts";
import type { RowOptions } from "./row.ts";

export interface RowsOptions extends RowOptions {
  /** How many are played side by side. */
  readonly atOnce: number;
  /** Gets a line when a row starts, and when it has ended. */
  readonly onProgress: (line: string) => void;
}

/** What the result of a row of any kind tells. */
export interface RowOutcome {
  readonly name: string;
  readonly remarks: readonly string[];
  /** Bounds that did not hold; none when all is well. */
  readonly violations: readonly string[];
  readonly tookMs: number;
  readonly logFile: string;
  readonly lastLines: readonly string[];
}

/**
 * Plays faults of one kind, each in a world of its own.
 *
 * @param play plays one of them; what goes wrong is in its result
 * @returns their results in the order of the faults; fewer when aborted
 */
export async function runRows<F extends { readonly name: string; readonly title: string }, R extends RowOutcome>(
  faults: readonly F[],
  play: (fault: F, options: RowOptions) => Promise<R>,
  options: RowsOptions,
): Promise<readonly R[]> {
  const results = new Map<F, R>();
  const waiting = [...faults];
  const work = async (): Promise<void> => {
    for (let fault = waiting.shift(); fault !== undefined && !options.signal.aborted; fault = waiting.shift()) {
      options.onProgress(`… ${fault.name}: ${fault.title}`);
      const result = await play(fault, options);
      results.set(fault, result);
      for (const line of describeRow(result)) options.onProgress(line);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, work));
  return faults.flatMap((fault) => results.get(fault) ?? []);
}

/** One line for a row that holds; for another one, what is wrong with it and the last lines of its log. */
export function describeRow({ name, violations, remarks, tookMs, logFile, lastLines }: RowOutcome): string[] {
  const took = inSeconds(tookMs);
  if (violations.length === 0) return [[`✔ ${name}  ${took}`, ...remarks].join("; ")];
  return [
    `✘ ${name}  ${took}`,
    ...violations.map((violation) => `    ${violation}`),
    `  the whole log is ${logFile}; its end:`,
    ...lastLines.map((line) => `    ${line}`),
  ];
}
