import { OrderSchema, OrderState, ListOrdersResponseSchema } from "@banyan/stubs-order";
import { GetUserResponseSchema } from "@banyan/stubs-user";
import { create, fromJson, type DescMessage, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { AnySchema, DoubleValueSchema, StructSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { parseTrafficRule, type TrafficRuleInit } from "../rule/traffic-rule.ts";
import { compareMessages } from "./compare-messages.ts";
import { comparisonRules } from "./comparison-rules.ts";

type Shadow = Omit<NonNullable<TrafficRuleInit["shadow"]>, "percent">;

function differences<Desc extends DescMessage>(
  schema: Desc,
  legacy: MessageInitShape<Desc>,
  candidate: MessageInitShape<Desc>,
  shadow: Shadow = {},
) {
  const rules = comparisonRules(parseTrafficRule({ mode: "off", shadow }).shadow, "GetOrder");
  return compareMessages(schema, create(schema, legacy), create(schema, candidate), rules).differences;
}

const order = {
  orderId: "o",
  state: OrderState.CONFIRMED,
  lines: [
    { sku: "apple", quantity: 1, unitPrice: { currency: "EUR" } },
    { sku: "pear", quantity: 2 },
  ],
  placedAt: { seconds: 100n, nanos: 500_000_000 },
  version: 7n,
} satisfies MessageInitShape<typeof OrderSchema>;
const orders = (first: object, second: object) =>
  [
    { ...order, ...first },
    { ...order, ...second },
  ] as const;

describe("compareMessages", () => {
  it("finds none in answers that are the same", () => {
    expect(differences(OrderSchema, order, order)).toEqual([]);
  });

  it.each<[string, object, object, string, string, string]>([
    ["a text", { orderId: "a" }, { orderId: "b" }, "order_id", '"a"', '"b"'],
    ["a text that is not set", { orderId: "" }, { orderId: "b" }, "order_id", "not set", '"b"'],
    ["a long text", { orderId: "a".repeat(100) }, {}, "order_id", `"${"a".repeat(78)}…`, '"o"'],
    ["an enum", { state: OrderState.PENDING }, {}, "state", "ORDER_STATE_PENDING", "ORDER_STATE_CONFIRMED"],
    ["a whole number of 64 bits", { version: 1n }, { version: 2n }, "version", "1", "2"],
    ["a message that is not there", { placedAt: undefined }, {}, "placed_at", "not set", "set"],
    ["a field in a message", { placedAt: { seconds: 100n, nanos: 1 } }, {}, "placed_at.nanos", "1", "500000000"],
    ["the length of a list", { lines: [{ sku: "apple" }] }, {}, "lines", "1 elements", "2 elements"],
    ["a list that is empty", { lines: [] }, {}, "lines", "not set", "set"],
  ])("finds %s", (_, first, second, path, legacy, candidate) => {
    expect(differences(OrderSchema, ...orders(first, second))).toEqual([{ path, legacy, candidate }]);
  });

  it("finds a field in the messages of a list once, however many they are", () => {
    const lines = (quantity: number) => ({
      lines: [
        { sku: "apple", quantity },
        { sku: "pear", quantity },
      ],
    });
    expect(differences(OrderSchema, ...orders(lines(1), lines(2)))).toEqual([
      { path: "lines.quantity", legacy: "1", candidate: "2" },
    ]);
  });

  it("shows nothing of what the contract redacts, and finds it all the same", () => {
    const [ada, bob] = [
      { userId: "1", email: "ada@x", name: "Ada" },
      { userId: "1", email: "bob@x", name: "" },
    ];
    expect(differences(GetUserResponseSchema, ada, bob)).toEqual([
      { path: "email", legacy: "[redacted]", candidate: "[redacted]" },
      { path: "name", legacy: "[redacted]", candidate: "not set" },
    ]);
  });

  it.each<[string, Shadow, object, object]>([
    ["a field that is ignored", { ignore: ["order_id"] }, { orderId: "a" }, { orderId: "b" }],
    ["a field that is ignored for this method", { ignore: ["GetOrder/order_id"] }, { orderId: "a" }, { orderId: "b" }],
    ["what is in a message that is ignored", { ignore: ["placed_at"] }, {}, { placedAt: { seconds: 1n } }],
    [
      "what is in the messages of a list",
      { ignore: ["lines.quantity"] },
      {},
      { lines: [{ ...order.lines[0], quantity: 9 }, { sku: "pear" }] },
    ],
    ["the order of a list without one", { unordered: ["lines"] }, {}, { lines: order.lines.toReversed() }],
    ["a number within its tolerance", { tolerances: { version: 2 } }, { version: 7n }, { version: 9n }],
    ["a number that is not set, within it", { tolerances: { version: 2 } }, { version: 0n }, { version: 2n }],
    ["a time within its tolerance", { tolerances: { placed_at: 0.5 } }, {}, { placedAt: { seconds: 101n } }],
  ])("does not mind %s", (_, shadow, first, second) => {
    expect(differences(OrderSchema, ...orders(first, second), shadow)).toEqual([]);
  });

  it.each<[string, Shadow, object, object, string]>([
    [
      "a field that is ignored for another method",
      { ignore: ["ListOrders/order_id"] },
      {},
      { orderId: "b" },
      "order_id",
    ],
    ["the order of a list", {}, {}, { lines: order.lines.toReversed() }, "lines.sku"],
    [
      "an element of a list without order",
      { unordered: ["lines"] },
      {},
      { lines: [{ sku: "fig" }, { sku: "pear", quantity: 2 }] },
      "lines",
    ],
    [
      "an element that is there twice",
      { unordered: ["lines"] },
      { lines: [{ sku: "a" }, { sku: "b" }] },
      { lines: [{ sku: "a" }, { sku: "a" }] },
      "lines",
    ],
    ["a number beyond its tolerance", { tolerances: { version: 2 } }, { version: 7n }, { version: 10n }, "version"],
    [
      "a time beyond its tolerance",
      { tolerances: { placed_at: 0.4 } },
      {},
      { placedAt: { seconds: 101n } },
      "placed_at.seconds",
    ],
  ])("minds %s", (_, shadow, first, second, path) => {
    const found = differences(OrderSchema, ...orders(first, second), shadow);
    expect(found.map((each) => each.path)).toContain(path);
  });

  it("compares maps by their keys", () => {
    const struct = (json: JsonValue) => fromJson(StructSchema, json);
    expect(differences(StructSchema, struct({ a: 1, b: 2 }), struct({ b: 2, a: 1 }))).toEqual([]);
    expect(differences(StructSchema, struct({ a: 1 }), struct({ a: 2 }))).toMatchObject([
      { path: "fields.number_value" },
    ]);
    expect(differences(StructSchema, struct({ a: 1 }), struct({ b: 1 }))).toMatchObject([{ path: "fields" }]);
    expect(differences(StructSchema, struct({ a: 1 }), struct({ a: 1, b: 1 }))).toMatchObject([{ path: "fields" }]);
  });

  it("compares bytes by their content, and takes NaN for itself", () => {
    const any = (...bytes: number[]) => ({ typeUrl: "t", value: new Uint8Array(bytes) });
    expect(differences(AnySchema, any(1, 2), any(1, 2))).toEqual([]);
    expect(differences(AnySchema, any(1, 2), any(1, 3))).toEqual([
      { path: "value", legacy: "2 bytes", candidate: "2 bytes" },
    ]);
    expect(differences(DoubleValueSchema, { value: Number.NaN }, { value: Number.NaN })).toEqual([]);
  });

  it("says when it has not looked at everything", () => {
    const many = (count: number): MessageInitShape<typeof ListOrdersResponseSchema> => ({
      orders: Array.from({ length: count }, (): MessageInitShape<typeof OrderSchema> => order),
    });
    const rules = comparisonRules(
      parseTrafficRule({ mode: "off", shadow: { unordered: ["orders"] } }).shadow,
      "ListOrders",
    );
    const compare = (left: number) =>
      compareMessages(
        ListOrdersResponseSchema,
        create(ListOrdersResponseSchema, many(left)),
        create(ListOrdersResponseSchema, many(left)),
        rules,
      );
    expect(compare(100)).toEqual({ differences: [], complete: true });
    expect(compare(5000)).toEqual({ differences: [], complete: false });
  });
});
