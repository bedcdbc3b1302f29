import { z } from "zod";
import { ExpectedError } from "./expected-error.ts";

/** The environment is not as the program needs it; the message has one line a variable. */
export class ConfigurationError extends ExpectedError {
  override readonly name = "ConfigurationError";
}

/**
 * Reads the variables that `shape` names; what a lib reads is exported by it as a shape, and an app spreads these into
 * its own. A variable that is set to the empty string counts as not set.
 *
 * @param shape schemas by variable name; their messages say what is expected, as in `expected an integer in [0, 65535]`
 * @throws {ConfigurationError} with a line for each variable that is missing or wrong. The value is quoted, except
 *   those of schemas made by `secret()`
 */
export function readEnvironment<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<z.ZodObject<Shape>> {
  const set = Object.fromEntries(
    Object.keys(shape)
      .map((name) => [name, environment[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = z.object(shape).safeParse(set);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `${name}: ${message}, ${got(shape[name], set[name])}`;
  });
  throw new ConfigurationError(lines.join("\n"));
}

function got(schema: z.core.$ZodType | undefined, value: string | undefined): string {
  if (value === undefined) return "and it is not set";
  return schema !== undefined && secrets.has(schema) ? "got a value that is not shown" : `got ${JSON.stringify(value)}`;
}

const secrets = new WeakSet<z.core.$ZodType>();

/** Marks a schema whose value no message may show. */
export function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  secrets.add(schema);
  return schema;
}

/** A whole number in [min, max], written in decimal digits. */
export function integer({ min, max }: { readonly min: number; readonly max: number }) {
  const message = `expected an integer in [${min}, ${max}]`;
  return z
    .string(message)
    .regex(/^-?[0-9]{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

/** One of some words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, `expected one of ${words.join(", ")}`);
}
