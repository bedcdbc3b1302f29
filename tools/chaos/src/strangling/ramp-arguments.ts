import { parseArgs } from "node:util";
import { UsageError } from "../arguments.ts";
import { candidateFaults } from "./candidate-faults.ts";
import type { RampRow } from "./ramp-run.ts";

const usage = `usage: npm run ramps -- [--rate <calls a second>] [${Object.keys(candidateFaults).join("|")}…]`;
const rates = { default: 200, min: 10, max: 10_000 };

/** @throws {UsageError} */
export function parseRampsArguments(args: readonly string[]): {
  readonly rows: readonly RampRow[];
  readonly rate: number;
} {
  const { values, positionals } = parse(args);
  const rate = Number(values.rate ?? rates.default);
  if (!Number.isInteger(rate) || rate < rates.min || rate > rates.max) {
    throw new UsageError(`--rate: expected an integer in [${rates.min}, ${rates.max}], got ${values.rate}\n${usage}`);
  }
  const unknown = positionals.find((name) => !Object.hasOwn(candidateFaults, name));
  if (unknown !== undefined) {
    throw new UsageError(`fault: expected one of ${Object.keys(candidateFaults).join(", ")}, got ${unknown}\n${usage}`);
  }
  const chosen = Object.entries(candidateFaults).filter(
    ([name]) => positionals.length === 0 || positionals.includes(name),
  );
  const rows = chosen.flatMap(([, fault]): RampRow[] => [
    { fault, when: "from the beginning" },
    ...(fault.tag === "none" ? [] : [{ fault, when: "at 50 %" } as const]),
  ]);
  return { rows, rate };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { rate: { type: "string" } }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
