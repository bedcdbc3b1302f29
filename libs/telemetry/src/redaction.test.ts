import { create, createFileRegistry, type DescMessage } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import {
  anyPack,
  AnySchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorSetSchema,
  TimestampSchema,
} from "@bufbuild/protobuf/wkt";
import { CreateUserRequestSchema } from "@banyan/stubs-user";
import { describe, expect, it } from "vitest";
import { loggable } from "./redaction.ts";

/** `Node { string id; string secret [debug_redact]; bytes key [debug_redact]; repeated Node children; }` */
const nodeSchema = openNodeSchema();

function openNodeSchema(): DescMessage {
  const options = { debugRedact: true };
  const field = [
    { name: "id", jsonName: "id", number: 1, type: Type.STRING, label: Label.OPTIONAL },
    { name: "secret", jsonName: "secret", number: 2, type: Type.STRING, label: Label.OPTIONAL, options },
    { name: "key", jsonName: "key", number: 3, type: Type.BYTES, label: Label.OPTIONAL, options },
    {
      name: "children",
      jsonName: "children",
      number: 4,
      type: Type.MESSAGE,
      label: Label.REPEATED,
      typeName: ".test.Node",
    },
  ];
  const file = [{ name: "test.proto", package: "test", syntax: "proto3", messageType: [{ name: "Node", field }] }];
  const schema = createFileRegistry(create(FileDescriptorSetSchema, { file })).getMessage("test.Node");
  if (schema === undefined) throw new Error("the registry has no test.Node");
  return schema;
}

function nodeWith(fields: Record<string, unknown>) {
  const node = reflect(nodeSchema);
  for (const [name, value] of Object.entries(fields)) {
    const field = nodeSchema.fields.find((each) => each.name === name);
    if (field?.fieldKind === "scalar") node.set(field, value);
    if (field?.fieldKind === "list") node.get(field).add(value);
  }
  return node;
}

describe("loggable", () => {
  it("has no value that the contract calls secret or personal, and leaves the message as it is", () => {
    const request = create(CreateUserRequestSchema, { email: "ada@example.com", name: "Ada", password: "hunter2" });
    expect(loggable(CreateUserRequestSchema, request)).toEqual({
      email: "[redacted]",
      name: "[redacted]",
      password: "[redacted]",
    });
    expect(request.password).toBe("hunter2");
  });

  it("does not tell that a secret was sent where none was", () => {
    expect(loggable(CreateUserRequestSchema, create(CreateUserRequestSchema))).toEqual({});
  });

  it("finds secrets at any depth, and leaves out those that are no text", () => {
    const leaf = nodeWith({ id: "leaf", secret: "hunter2", key: new Uint8Array([1]) });
    const root = nodeWith({ id: "root", children: nodeWith({ id: "branch", children: leaf }) });
    expect(loggable(nodeSchema, root.message)).toEqual({
      id: "root",
      children: [{ id: "branch", children: [{ id: "leaf", secret: "[redacted]" }] }],
    });
  });

  it("does not look into what is packed", () => {
    const packed = anyPack(CreateUserRequestSchema, create(CreateUserRequestSchema, { password: "hunter2" }));
    expect(JSON.stringify(loggable(AnySchema, packed))).not.toContain("hunter2");
  });

  it("says so of a message that has no JSON", () => {
    const time = create(TimestampSchema, { seconds: 10n ** 15n });
    expect(loggable(TimestampSchema, time)).toBe("a google.protobuf.Timestamp that has no JSON: Error");
  });
});
