import { clone, ScalarType, toJson, type DescField, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { AnySchema } from "@bufbuild/protobuf/wkt";

export const redactedText = "[redacted]";

/**
 * A message as plain JSON that may be logged: strings of fields that its contract marks with `debug_redact` are
 * `[redacted]`, other values of such fields are left out, at any depth; so is what is packed into a google.protobuf.Any.
 * One that has no JSON (a time in the year 10000) is told as such: a log line never fails for what it is about.
 */
export function loggable<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): unknown {
  try {
    const copy = clone(schema, message);
    redact(reflect(schema, copy));
    return toJson(schema, copy);
  } catch (error) {
    return `a ${schema.typeName} that has no JSON: ${error instanceof Error ? error.name : "unknown"}`;
  }
}

function redact(message: ReflectMessage): void {
  if (message.desc.typeName === AnySchema.typeName) {
    for (const field of message.fields) message.clear(field);
    return;
  }
  for (const field of message.fields.filter((each) => message.isSet(each))) {
    if (field.proto.options?.debugRedact === true) hide(message, field);
    else for (const inner of messagesIn(message, field)) redact(inner);
  }
}

function hide(message: ReflectMessage, field: DescField): void {
  if (field.fieldKind === "scalar" && field.scalar === ScalarType.STRING) message.set(field, redactedText);
  else message.clear(field);
}

function messagesIn(message: ReflectMessage, field: DescField): ReflectMessage[] {
  switch (field.fieldKind) {
    case "message":
      return [message.get(field)];
    case "list":
      return field.listKind === "message" ? [...message.get(field)].filter(isMessage) : [];
    case "map":
      return field.mapKind === "message" ? [...message.get(field).values()].filter(isMessage) : [];
    case "scalar":
    case "enum":
      return [];
    default:
      return field satisfies never;
  }
}

function isMessage(value: unknown): value is ReflectMessage {
  return typeof value === "object" && value !== null && "desc" in value;
}
