import { parseArgs } from "node:util";
import type { Bench, Settings } from "./bench.ts";

export interface Command {
  readonly bench: Bench;
  readonly settings: Settings;
}

/**
 * Reads `<name> [--setting number]…`.
 *
 * @throws {UsageError} naming what there is to choose from
 */
export function readCommand(args: readonly string[], benches: readonly Bench[]): Command {
  const [name = "", ...rest] = args;
  const bench = benches.find((candidate) => candidate.name === name);
  if (bench === undefined) {
    const names = benches.map((known) => known.name).join(", ");
    throw new UsageError(`${name === "" ? "no bench is named" : `no bench is called ${name}`}; there are: ${names}`);
  }
  const values = readValues(bench, rest);
  const settings: Record<string, number> = { ...bench.settings };
  for (const [key, text = ""] of Object.entries(values)) {
    if (!/^[1-9]\d{0,6}$/.test(text)) {
      throw new UsageError(`--${key}: expected a whole number in [1, 9999999], got "${text}"`);
    }
    settings[key] = Number(text);
  }
  return { bench, settings };
}

/** What was typed names no bench, or no setting of it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

function readValues({ name, settings }: Bench, args: readonly string[]): Readonly<Record<string, string | undefined>> {
  const options = Object.fromEntries(Object.keys(settings).map((key) => [key, { type: "string" as const }]));
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const known = Object.entries(settings).map(([key, byDefault]) => `--${key} ${byDefault}`);
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}; ${name} has: ${known.join(" ")}`);
  }
}
