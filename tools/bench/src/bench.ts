import type { Report } from "./report.ts";

/**
 * What a bench can be told on the command line: whole numbers, as in `--watchers 10`, texts, and lists of names, as in
 * `--peers a,b`. The default of a list is all that can be chosen.
 */
export type Settings = Readonly<Record<string, number | string | readonly string[]>>;

/** A bench: what it measures, what is hoped for, and how it is done. */
export interface Bench<S extends Settings = Settings> {
  /** What it is called on the command line. */
  readonly name: string;
  /** What is measured and how, in the words that stand above the figures. */
  readonly description: string;
  /** The settings with their defaults. */
  readonly settings: S;
  readonly aims: readonly Aim[];
  run(report: Report, settings: S): Promise<void>;
}

/** What a figure should be. Missing it is said in the report and fails nothing: a machine may be busy, or slow. */
export type Aim = ({ readonly below: number } | { readonly atLeast: number }) & {
  /** The name under which the bench hands the figure to the report. */
  readonly figure: string;
  /** As printed: `ms`, `bytes`, or `x` for a ratio. */
  readonly unit: string;
};
