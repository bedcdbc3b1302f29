import { z } from "zod";
import { DomainError } from "./domain-error.ts";

/** One wrong field of a request. */
export interface FieldViolation {
  /** Path of the field as the contract spells it: `user_id`, `lines[0].sku`. */
  readonly field: string;
  /** What is expected of it; never the value that was sent. */
  readonly description: string;
}

/** A request with fields that can never be right. Carries all of them, not only the first. */
export class InvalidInputError extends DomainError {
  override readonly name = "InvalidInputError";
  override readonly kind = "invalid";
  override readonly reason = "INVALID_INPUT";
  readonly violations: readonly FieldViolation[];

  constructor(violations: readonly FieldViolation[]) {
    super(violations.map(({ field, description }) => `${field}: ${description}`).join("; "));
    this.violations = violations;
  }
}

/**
 * Reads input by its schema.
 *
 * @param schema keys are spelled as in TypeScript; violations name them as the contract does (`userId` is `user_id`)
 * @throws {InvalidInputError} naming every field that is wrong, up to 20 of them
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(
    parsed.error.issues.slice(0, 20).map((issue) => ({ field: fieldPath(issue.path), description: issue.message })),
  );
}

function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${snakeCase(String(key))}`))
    .join("")
    .replace(/^\./, "");
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

/**
 * A required string: not empty, at most `max` characters (code points), and without U+FFFD, which stands for bytes that
 * somebody before us could not decode. U+0000 is refused as well, since PostgreSQL cannot store it.
 */
export function text(options: { readonly max: number }) {
  const { max } = options;
  return z.string("must be a string").superRefine((value, context) => {
    const wrong =
      value === ""
        ? "must not be empty"
        : value.length > max && Array.from(value.slice(0, 2 * max + 1)).length > max
          ? `must have at most ${max} characters`
          : value.includes("\uFFFD")
            ? "must not contain U+FFFD"
            : value.includes("\0")
              ? "must not contain U+0000"
              : undefined;
    if (wrong !== undefined) context.addIssue({ code: "custom", message: wrong });
  });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A UUID of any version, in lower case afterwards. */
export function id() {
  return z
    .string("must be a UUID")
    .regex(UUID, "must be a UUID")
    .transform((value) => value.toLowerCase());
}

/** How many of something: a whole number in [1, 1000000]. */
export function quantity() {
  const message = "must be in [1, 1000000]";
  return z.int(message).min(1, message).max(1_000_000, message);
}

/** 1 to `max` elements, no two of them with the same `key`; sorted by it afterwards, in the order of UTF-16 units. */
export function distinctList<Key extends string, Element extends { readonly [key in Key]: string }>(
  element: z.ZodType<Element>,
  { key, max }: { readonly key: Key; readonly max: number },
) {
  const message = `must have 1 to ${max} elements`;
  return z
    .array(element)
    .min(1, message)
    .max(max, message)
    .superRefine((elements, context) => {
      const seen = new Set<string>();
      for (const [index, { [key]: value }] of elements.entries()) {
        if (seen.has(value))
          context.addIssue({ code: "custom", path: [index, key], message: "must not be there twice" });
        seen.add(value);
      }
    })
    .transform((elements) => elements.toSorted((a, b) => (a[key] < b[key] ? -1 : 1)));
}

/** Size of a page: a whole number in [0, 1000], where 0 stands for 50. */
export function pageSize() {
  const message = "must be in [0, 1000]";
  return z
    .int(message)
    .min(0, message)
    .max(1000, message)
    .transform((size) => (size === 0 ? 50 : size));
}
