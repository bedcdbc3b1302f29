import { parseArgs } from "node:util";
import { UsageError } from "../arguments.ts";

export interface RollingArguments {
  readonly calls: number;
  readonly concurrency: number;
  readonly instances: number;
  /** A next version is deployed, once, instead of restarts again and again. */
  readonly deploy: boolean;
}

const usage =
  "usage: npm run rolling -- [--deploy] [--calls <at least>] [--concurrency <under way>] [--instances <of each service>]";

/** Deploys take half a minute whatever is called meanwhile; restarts go on for as long as there are calls to be made. */
const callsOfDeploys = 1000;

/** By default what two cores carry: at their limit it would be the limit that is measured. */
const options = {
  calls: { default: 200_000, min: 1, max: 10_000_000 },
  concurrency: { default: 8, min: 1, max: 256 },
  instances: { default: 2, min: 2, max: 10 },
} as const;

/** @throws {UsageError} */
export function parseRollingArguments(args: readonly string[]): RollingArguments {
  const { deploy, ...values } = parse(args);
  const integer = (name: keyof typeof options, usual: number = options[name].default): number => {
    const { min, max } = options[name];
    const value = Number(values[name] ?? usual);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new UsageError(`--${name}: expected an integer in [${min}, ${max}], got ${values[name]}\n${usage}`);
  };
  const calls = integer("calls", deploy ? callsOfDeploys : options.calls.default);
  return { calls, concurrency: integer("concurrency"), instances: integer("instances"), deploy };
}

function parse(args: readonly string[]) {
  try {
    const string = { type: "string" } as const;
    const deploy = { type: "boolean", default: false } as const;
    return parseArgs({ args: [...args], options: { deploy, calls: string, concurrency: string, instances: string } })
      .values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
