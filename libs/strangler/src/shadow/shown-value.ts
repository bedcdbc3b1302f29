import type { DescField } from "@bufbuild/protobuf";

const maxLength = 80;

/** A value of a field for a report: `[redacted]` where the contract says so, and 80 characters at most. */
export function shownValue(field: DescField, value: unknown, isRedacted: boolean): string {
  if (isRedacted) return "[redacted]";
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  if ("enum" in field && field.enum !== undefined && typeof value === "number") {
    return field.enum.value[value]?.name ?? String(value);
  }
  return cut(typeof value === "string" ? JSON.stringify(value) : String(value), maxLength);
}

export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
