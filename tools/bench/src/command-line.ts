import { parseArgs } from "node:util";
import type { Bench, Settings } from "./bench.ts";

export interface Command {
  readonly bench: Bench;
  readonly settings: Settings;
}

/**
 * Reads `<name> [--setting value]…`.
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
  const given = Object.entries(bench.settings).map(([key, byDefault]) => {
    const text = values[key];
    return [key, text === undefined ? byDefault : readSetting(key, text, byDefault)] as const;
  });
  return { bench, settings: Object.fromEntries(given) };
}

function readSetting(key: string, text: string, byDefault: Settings[string]): Settings[string] {
  if (typeof byDefault === "string") return text;
  if (typeof byDefault === "number") {
    if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
    throw new UsageError(`--${key}: expected a whole number in [1, 9999999], got "${text}"`);
  }
  const names = text.split(",");
  const unknown = names.find((name) => !byDefault.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`--${key}: expected some of ${byDefault.join(",")}, got "${unknown}"`);
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
    const known = Object.entries(settings).map(([key, byDefault]) => `--${key} ${String(byDefault)}`);
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}; ${name} has: ${known.join(" ")}`);
  }
}
