import { parseArgs } from "node:util";
import { UsageError } from "../arguments.ts";

export interface RollingArguments {
  readonly calls: number;
  readonly concurrency: number;
  readonly instances: number;
}

const usage =
  "usage: npm run rolling -- [--calls <at least>] [--concurrency <under way>] [--instances <of each service>]";

/** By default what two cores carry: at their limit it would be the limit that is measured. */
const options = {
  calls: { default: 200_000, min: 1, max: 10_000_000 },
  concurrency: { default: 8, min: 1, max: 256 },
  instances: { default: 2, min: 2, max: 10 },
} as const;

/** @throws {UsageError} */
export function parseRollingArguments(args: readonly string[]): RollingArguments {
  const values = parse(args);
  const integer = (name: keyof typeof options): number => {
    const { default: usual, min, max } = options[name];
    const value = Number(values[name] ?? usual);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new UsageError(`--${name}: expected an integer in [${min}, ${max}], got ${values[name]}\n${usage}`);
  };
  return { calls: integer("calls"), concurrency: integer("concurrency"), instances: integer("instances") };
}

function parse(args: readonly string[]) {
  try {
    const string = { type: "string" } as const;
    return parseArgs({ args: [...args], options: { calls: string, concurrency: string, instances: string } }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
