import { OrderService, PlaceOrderResponseSchema } from "@banyan/stubs-order";
import { GetUserRequestSchema, UserService } from "@banyan/stubs-user";
import { create } from "@bufbuild/protobuf";
import { FieldDescriptorProtoSchema, ValueSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { keyReader } from "./sticky-key.ts";

describe("keyReader", () => {
  it("reads a field of a message, and of what makes one", () => {
    const read = keyReader(UserService.method.getUser.input, "user_id");
    expect(read?.({ userId: "ada" })).toBe("ada");
    expect(read?.(create(GetUserRequestSchema, { userId: "ada" }))).toBe("ada");
  });

  it("reads a field in a message in it, and one of a oneof", () => {
    expect(keyReader(PlaceOrderResponseSchema, "order.user_id")?.({ order: { userId: "ada" } })).toBe("ada");
    const text = keyReader(ValueSchema, "string_value");
    expect(text?.({ kind: { case: "stringValue", value: "ada" } })).toBe("ada");
    expect(text?.({ kind: { case: "numberValue", value: 1 } })).toBeUndefined();
    expect(text?.({})).toBeUndefined();
  });

  it.each([
    ["name", { name: "" }, undefined],
    ["name", {}, undefined],
    ["number", { number: 0 }, undefined],
    ["number", { number: 7 }, "7"],
    ["proto3_optional", { proto3Optional: true }, "true"],
    ["proto3_optional", { proto3Optional: false }, undefined],
  ])("of %s in %j is %j", (path, request, key) => {
    expect(keyReader(FieldDescriptorProtoSchema, path)?.(request)).toBe(key);
  });

  it("reads whole numbers of 64 bits", () => {
    const read = keyReader(PlaceOrderResponseSchema, "order.version");
    expect(read?.({ order: { version: 9_007_199_254_740_993n } })).toBe("9007199254740993");
    expect(read?.({ order: { version: 0n } })).toBeUndefined();
    expect(read?.({})).toBeUndefined();
  });

  it.each(["nothing", "user_id.more", "lines", "lines.sku", "order"])("there is none of %s", (path) => {
    expect(keyReader(OrderService.method.placeOrder.input, path)).toBeUndefined();
  });

  it("there is none of a message as a whole", () => {
    expect(keyReader(PlaceOrderResponseSchema, "order")).toBeUndefined();
  });
});
