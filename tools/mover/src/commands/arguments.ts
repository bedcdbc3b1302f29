import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

/** What the command does, by its first word. */
export const acts = ["setup", "run", "status", "verify", "flip", "teardown"] as const;
export type Act = (typeof acts)[number];

export interface Arguments {
  readonly act: Act;
  readonly service: string;
  /** The file of the mapping. */
  readonly mapping: string;
  /** Of flip: the writes go back to the monolith. */
  readonly back: boolean;
  /** Of flip, in seconds. */
  readonly pauseSeconds: number;
  /** Of run: entities of one transaction of the backfill. */
  readonly chunkRows: number;
  /** The servers of this checkout are used where the environment names no others. */
  readonly development: boolean;
}

/** The arguments are not as they are to be; the message is one line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Mappings that nobody names are here. */
const mappings = join(import.meta.dirname, "../../../../apps/monolith/strangling");

/** @throws {UsageError} */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args);
  const [act, service, ...rest] = positionals;
  const known = acts.find((each) => each === act);
  if (known === undefined) throw new UsageError(`${act ?? "no command"}: expected one of ${acts.join(", ")}`);
  if (service === undefined || !/^[a-z][a-z0-9-]{0,39}$/.test(service)) {
    throw new UsageError(`service: expected a name as in user, got ${service ?? "none"}`);
  }
  if (rest.length > 0)
    throw new UsageError(`argument ${JSON.stringify(rest[0])}: expected a command and a service only`);
  return {
    act: known,
    service,
    mapping: values.mapping === undefined ? join(mappings, `${service}.yaml`) : resolve(values.mapping),
    back: values.back,
    pauseSeconds: integer("--pause-seconds", values["pause-seconds"], 3, 30),
    chunkRows: integer("--chunk-rows", values["chunk-rows"], 1, 10_000),
    development: values.development,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        mapping: { type: "string" },
        back: { type: "boolean", default: false },
        "pause-seconds": { type: "string", default: "15" },
        "chunk-rows": { type: "string", default: "500" },
        development: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
  }
}

function integer(option: string, text: string, min: number, max: number): number {
  const value = /^[0-9]{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${option}: expected an integer in [${min}, ${max}], got ${JSON.stringify(text)}`);
}
