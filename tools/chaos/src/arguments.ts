import { parseArgs } from "node:util";
import { ExpectedError } from "@banyan/service";
import type { Fault } from "./fault.ts";
import { allFaults, shortFaults } from "./faults.ts";

export interface TortureArguments {
  readonly faults: readonly Fault[];
  readonly atOnce: number;
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
  const unknown = positionals.filter((name) => !allFaults.some((fault) => fault.name === name));
  if (unknown.length > 0) {
    const names = allFaults.map(({ name }) => name).join(", ");
    throw new UsageError(`no such row: ${unknown.join(", ")}; there are ${names}\n${usage}`);
  }
  const candidates = values.short ? shortFaults : allFaults;
  const atOnce = Number(values["at-once"] ?? (values.short ? shortFaults.length : 1));
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > mostAtOnce) {
    throw new UsageError(`--at-once: expected an integer in [1, ${mostAtOnce}], got ${values["at-once"]}\n${usage}`);
  }
  return {
    faults: positionals.length === 0 ? candidates : allFaults.filter(({ name }) => positionals.includes(name)),
    atOnce,
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
