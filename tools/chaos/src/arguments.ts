import { parseArgs } from "node:util";
import { ExpectedError } from "@banyan/service";
import type { CallerFault } from "./callers/caller-fault.ts";
import { callerFaults, lightCallerFaults } from "./callers/caller-faults.ts";
import type { Fault } from "./fault.ts";
import { allFaults, shortFaults } from "./faults.ts";

export interface TortureArguments {
  readonly faults: readonly Fault[];
  readonly atOnce: number;
  /** Those that are about callers, which measure latencies. */
  readonly callerFaults: readonly CallerFault[];
  /** One at a time, unless no latency is asserted. */
  readonly callersAtOnce: number;
  readonly light: boolean;
  /** Only the names of the rows are wanted. */
  readonly list: boolean;
}

/** The command line was not understood; the message says how to spell it. */
export class UsageError extends ExpectedError {
  override readonly name = "UsageError";
}

const usage = "usage: npm run torture -- [row…] [--short] [--at-once <rows side by side>] [--list]";
/** Rows of three members and rows of 1,000 instances among them: more at once would measure the machine. */
const mostAtOnce = 20;

/** @throws {UsageError} */
export function parseTortureArguments(args: readonly string[]): TortureArguments {
  const { values, positionals } = parse(args);
  const known = [...allFaults, ...callerFaults].map(({ name }) => name);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const names = known.join(", ");
    throw new UsageError(`no such row: ${unknown.join(", ")}; there are ${names}\n${usage}`);
  }
  const candidates = values.short ? shortFaults : allFaults;
  const callerCandidates = values.short ? lightCallerFaults : callerFaults;
  const atOnce = Number(values["at-once"] ?? (values.short ? shortFaults.length : 1));
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > mostAtOnce) {
    throw new UsageError(`--at-once: expected an integer in [1, ${mostAtOnce}], got ${values["at-once"]}\n${usage}`);
  }
  const isNamed = ({ name }: { readonly name: string }): boolean => positionals.includes(name);
  return {
    faults: positionals.length === 0 ? candidates : allFaults.filter(isNamed),
    atOnce,
    callerFaults: positionals.length === 0 ? callerCandidates : callerFaults.filter(isNamed),
    callersAtOnce: values.short ? lightCallerFaults.length : 1,
    light: values.short,
    list: values.list,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        short: { type: "boolean", default: false },
        list: { type: "boolean", default: false },
        "at-once": { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
