import type { DescField, DescMessage } from "@bufbuild/protobuf";

/** Reads the key of a request; undefined where the field is not set, or has its zero value, which says as little. */
export type KeyReader = (request: object) => string | undefined;

/**
 * A reader of the field at a dotted path, by the names of the contract. Requests may be messages, or what makes them.
 *
 * @returns undefined when the message has no such field, when it is a list, a map or a message, or lies in one of the first two
 */
export function keyReader(request: DescMessage, path: string): KeyReader | undefined {
  const fields: DescField[] = [];
  let message: DescMessage | undefined = request;
  for (const name of path.split(".")) {
    const field: DescField | undefined = message?.fields.find((each) => each.name === name);
    if (field === undefined || field.fieldKind === "list" || field.fieldKind === "map") return undefined;
    fields.push(field);
    message = field.fieldKind === "message" ? field.message : undefined;
  }
  if (message !== undefined) return undefined;
  return (init) => keyOf(fields.reduce<unknown>(valueIn, init));
}

function valueIn(message: unknown, field: DescField): unknown {
  if (typeof message !== "object" || message === null) return undefined;
  if (field.oneof === undefined) return Reflect.get(message, field.localName);
  const chosen: unknown = Reflect.get(message, field.oneof.localName);
  if (typeof chosen !== "object" || chosen === null) return undefined;
  return Reflect.get(chosen, "case") === field.localName ? Reflect.get(chosen, "value") : undefined;
}

function keyOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return value.length > 0 ? Buffer.from(value).toString("hex") : undefined;
  if (typeof value === "string") return value === "" ? undefined : value;
  const isKey = typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
  return isKey && Number(value) !== 0 ? String(value) : undefined;
}
