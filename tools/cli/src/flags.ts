import { isName, nameExpectation } from "@banyan/registry";
import { UsageError } from "./usage-error.ts";

export interface FlagNames {
  /** Those with a value: `--to 100` or `--to=100`. */
  readonly valued: readonly string[];
  /** Those without. */
  readonly switches: readonly string[];
}

/** The arguments of a command that is about one service at most. */
export interface Flags {
  readonly service: string | undefined;
  has(name: string): boolean;
  /** The text of a flag; undefined where it was not given. */
  text(name: string): string | undefined;
  /** @throws {UsageError} when it is not a number in [min, max], in decimal digits */
  number(name: string, min: number, max: number): number | undefined;
}

/** @throws {UsageError} naming the first argument that is wrong */
export function readFlags(args: readonly string[], names: FlagNames): Flags {
  const given = new Map<string, string>();
  let service: string | undefined;
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? "";
    const [name = "", ...rest] = argument.split("=");
    const isValued = names.valued.includes(name);
    if (given.has(name)) throw new UsageError(`${name}: expected once`);
    if (names.switches.includes(argument)) given.set(argument, "");
    else if (isValued && rest.length > 0) given.set(name, rest.join("="));
    else if (isValued) given.set(name, valueAfter(args, index++));
    else if (argument.startsWith("-")) throw unknownFlag(argument, names);
    else if (service !== undefined) throw new UsageError(`argument ${shown(argument)}: expected one service at most`);
    else if (!isName(argument)) throw new UsageError(`argument ${shown(argument)}: expected ${nameExpectation}`);
    else service = argument;
  }
  return {
    service,
    has: (name) => given.has(name),
    text: (name) => given.get(name),
    number(name, min, max) {
      const text = given.get(name);
      return text === undefined ? undefined : numberIn(name, text, min, max);
    },
  };
}

/** @throws {UsageError} naming `flag` */
export function numberIn(flag: string, text: string, min: number, max: number): number {
  const value = /^[0-9]{1,12}(\.[0-9]{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${flag}: expected a number in [${min}, ${max}], got ${shown(text)}`);
}

/** The service of a command that needs one. @throws {UsageError} */
export function neededService({ service }: Pick<Flags, "service">): string {
  if (service !== undefined) return service;
  throw new UsageError("service: expected the name of one, as in user");
}

function valueAfter(args: readonly string[], index: number): string {
  const value = args[index + 1];
  if (value !== undefined && !value.startsWith("--")) return value;
  throw new UsageError(`${args[index]}: expected a value after it`);
}

function unknownFlag(argument: string, { valued, switches }: FlagNames): UsageError {
  const known = [...valued, ...switches];
  const expected = known.length === 0 ? "no flags" : `one of ${known.join(", ")}`;
  return new UsageError(`argument ${shown(argument)}: expected ${expected}`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
