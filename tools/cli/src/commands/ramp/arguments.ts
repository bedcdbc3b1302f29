import { checkRampPlan, defaultRampPlan, type RampPlan } from "@banyan/strangler";
import { neededService, numberIn, readFlags, type Flags } from "../../flags.ts";
import { UsageError } from "../../usage-error.ts";

export interface RampArguments {
  readonly service: string;
  /** The candidate's share of the reads that it ends with, in per cent. */
  readonly to: number;
  readonly plan: RampPlan;
  /** The share of the reads that is mirrored meanwhile, at least, in per cent. */
  readonly mirrorPercent: number;
  /** Whether a ramp that has not said that it ended is no hindrance. */
  readonly takeOver: boolean;
}

/** Numbers of the plan, by their flags. The plan has their bounds. */
const planFlags = {
  "--min-seconds": "minSeconds",
  "--max-seconds": "maxSeconds",
  "--min-calls": "minCalls",
  "--max-error-percent": "maxErrorPercent",
  "--max-mismatch-percent": "maxMismatchPercent",
  "--max-slow-percent": "maxSlowPercent",
  "--slower-by-ms": "slowerByMs",
  "--warm-up-calls": "warmUpCalls",
} as const satisfies Record<string, keyof RampPlan>;

const flagNames = {
  valued: ["--to", "--steps", "--mirror", ...Object.keys(planFlags)],
  switches: ["--take-over"],
};

const defaultMirrorPercent = 10;

/** @throws {UsageError} naming the first argument that is wrong */
export function readRampArguments(args: readonly string[]): RampArguments {
  const flags = readFlags(args, flagNames);
  const service = neededService(flags);
  const to = flags.number("--to", 0, 100);
  if (to === undefined) throw new UsageError("--to: expected a number in [0, 100], and it is not there");
  const numbers = Object.entries(planFlags).flatMap(([flag, field]) => {
    const value = flags.number(flag, 0, 1e12);
    return value === undefined ? [] : [[field, value] as const];
  });
  const plan = checked({ ...defaultRampPlan, ...Object.fromEntries(numbers), steps: stepsTo(to, flags) });
  const mirrorPercent = flags.number("--mirror", 0, 100) ?? defaultMirrorPercent;
  return { service, to, plan, mirrorPercent, takeOver: flags.has("--take-over") };
}

function stepsTo(to: number, flags: Flags): readonly number[] {
  const text = flags.text("--steps");
  const steps =
    text === undefined ? defaultRampPlan.steps : text.split(",").map((step) => numberIn("--steps", step, 0, 100));
  if (text !== undefined && (steps.at(-1) ?? 0) > to) {
    throw new UsageError(`--steps: expected none beyond --to, ${to}, got ${JSON.stringify(text.slice(0, 80))}`);
  }
  return [...steps.filter((step) => step < to), to];
}

/** The same refusal, by the name of the flag. */
function checked(plan: RampPlan): RampPlan {
  try {
    return checkRampPlan(plan);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`--${error.message.replaceAll(/(?<=^\w*)[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  }
}
