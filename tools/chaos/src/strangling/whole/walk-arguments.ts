import { parseArgs } from "node:util";
import { UsageError } from "../../arguments.ts";
import { services } from "./stage.ts";
import type { WalkOptions } from "./walk.ts";

const usage = `usage: npm run strangle -- [--only <${services.join("|")}>] [--rate <deeds a second>] [--kill <seed>] [--steps 25,100]`;
const rates = { default: 40, min: 1, max: 1000 };
/** How often one command is killed before it may go on. */
const killTimes = 3;
/**
 * With its defaults a ramp wants tens of thousands of calls at 1 %, which this load takes an hour to make. Guards that
 * tolerate more are sure of it sooner; and what was in memory is a call over a network now, on a busy machine.
 */
const rampFlags = "--mirror 50 --slower-by-ms 500 --max-error-percent 5 --max-mismatch-percent 5 --min-calls 50".split(
  " ",
);

/** @throws {UsageError} */
export function parseWalkArguments(args: readonly string[]): Omit<WalkOptions, "signal" | "onProgress"> {
  const values = parse(args);
  const only = services.find((service) => service === values.only);
  if (values.only !== undefined && only === undefined) {
    throw new UsageError(`--only: expected one of ${services.join(", ")}, got ${values.only}\n${usage}`);
  }
  const rate = integer("--rate", values.rate, rates) ?? rates.default;
  const seed = integer("--kill", values.kill, { min: 0, max: 2 ** 32 - 1 });
  const taken = only === undefined ? services : [only];
  return {
    taken,
    back: taken.at(-1),
    rate,
    ramp: ["--steps", values.steps ?? "25,100", ...rampFlags],
    kill: seed === undefined ? undefined : { seed, times: killTimes },
  };
}

function integer(
  name: string,
  text: string | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${name}: expected an integer in [${min}, ${max}], got ${text}\n${usage}`);
}

function parse(args: readonly string[]) {
  try {
    const string = { type: "string" } as const;
    return parseArgs({ args: [...args], options: { only: string, rate: string, kill: string, steps: string } }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
