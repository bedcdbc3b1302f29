import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { DurationSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";

/** Whether two values of a scalar or enum field are the same: bytes by their content, and NaN is itself. */
export function areEqual(left: unknown, right: unknown): boolean {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.from(left).equals(right);
  return left === right || (Number.isNaN(left) && Number.isNaN(right));
}

/** A whole or broken number; undefined for any other value. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
}

/** A time or a duration in seconds; undefined for any other message. */
export function secondsOf({ desc, message }: ReflectMessage): number | undefined {
  if (desc.typeName !== TimestampSchema.typeName && desc.typeName !== DurationSchema.typeName) return undefined;
  const [seconds, nanos]: unknown[] = [Reflect.get(message, "seconds"), Reflect.get(message, "nanos")];
  return (numberOf(seconds) ?? 0) + (numberOf(nanos) ?? 0) / 1e9;
}
