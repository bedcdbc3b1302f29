import { redactedText } from "./redaction.ts";

/** Fields that hold secrets wherever they turn up: their values never reach a log. */
const secrets: ReadonlySet<string> = new Set(["password", "authorization", "cookie", "token", "secret"]);

/** Serializers for the log that write none of these, where they are fields of a line or of a child logger. */
export const secretSerializers: Readonly<Record<string, () => string>> = Object.fromEntries(
  [...secrets].map((name) => [name, () => redactedText]),
);

/**
 * The fields of a log line, without the secrets of the plain objects among their values. A line that has none, which is
 * nearly every one, is answered as it is.
 */
export function withoutInnerSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  return replaced(fields, (_, value) => (isPlain(value) ? replaced(value, redacted) : value));
}

function redacted(name: string, value: unknown): unknown {
  return secrets.has(name) ? redactedText : value;
}

/** Copies an object only where a value of it is replaced. */
function replaced(
  fields: Record<string, unknown>,
  replacement: (name: string, value: unknown) => unknown,
): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const name in fields) {
    const value = replacement(name, fields[name]);
    if (value !== fields[name]) (copy ??= { ...fields })[name] = value;
  }
  return copy ?? fields;
}

/** Errors and the like are written by serializers of their own. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
