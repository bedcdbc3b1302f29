import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { parseTrafficRule, type TrafficRuleInit } from "../rule/traffic-rule.ts";
import { bucketOf } from "./bucket.ts";
import { decide, stickyPathOf, type DecidedCall } from "./decide.ts";

const read = { name: "GetUser", idempotency: Idempotency.NO_SIDE_EFFECTS };
const idempotentWrite = { name: "PlaceOrder", idempotency: Idempotency.IDEMPOTENT };
const write = { name: "CreateUser", idempotency: Idempotency.IDEMPOTENCY_UNKNOWN };

/** Keys whose places are 7.7 and 97.4. */
const keys = { low: "user-14", high: "user-4" };
const low = { key: keys.low, random: 0.99 };
const high = { key: keys.high, random: 0 };

describe("decide, of a read", () => {
  it("has keys on both sides of 50 % for its tests", () => {
    expect(bucketOf(keys.low)).toBeLessThan(50);
    expect(bucketOf(keys.high)).toBeGreaterThan(50);
  });

  it.each<[TrafficRuleInit, DecidedCall, string, string]>([
    [{ mode: "off", percent: 100 }, low, "legacy", "mode"],
    [{ mode: "off", percent: 100 }, { ...low, override: "candidate" }, "legacy", "mode"],
    [{ mode: "shadow", percent: 100, shadow: { percent: 1 } }, low, "legacy", "mode"],
    [{ mode: "shadow", shadow: { percent: 1 } }, { ...low, override: "candidate" }, "candidate", "override"],
    [{ mode: "split" }, low, "legacy", "percent"],
    [{ mode: "split", percent: 50 }, low, "candidate", "percent"],
    [{ mode: "split", percent: 50 }, high, "legacy", "percent"],
    [{ mode: "split", percent: 50 }, { random: 0.4999 }, "candidate", "percent"],
    [{ mode: "split", percent: 50 }, { random: 0.5 }, "legacy", "percent"],
    [{ mode: "split", percent: 0 }, { random: 0 }, "legacy", "percent"],
    [{ mode: "split", percent: 100 }, { random: 0.999_999 }, "candidate", "percent"],
    [{ mode: "split", percent: 0, methods: { GetUser: { percent: 100 } } }, high, "candidate", "percent"],
    [{ mode: "split", percent: 100, methods: { GetUser: { percent: 0 } } }, low, "legacy", "percent"],
    [{ mode: "split", percent: 100, methods: { ListUsers: { percent: 0 } } }, high, "candidate", "percent"],
    [{ mode: "split", percent: 0 }, { ...low, override: "candidate" }, "candidate", "override"],
    [{ mode: "split", percent: 100 }, { ...low, override: "legacy" }, "legacy", "override"],
    [{ mode: "split", override: false }, { ...low, override: "candidate" }, "legacy", "percent"],
    [{ mode: "all" }, high, "candidate", "mode"],
    [{ mode: "all" }, { ...high, override: "legacy" }, "candidate", "mode"],
    [{ mode: "split", percent: 100, methods: { constructor: { percent: 0 } } }, low, "candidate", "percent"],
  ])("%j, %j: the %s by its %s", (rule, call, side, why) => {
    expect(decide(parseTrafficRule(rule), read, call)).toEqual({ tag: "read", side, why });
  });
});

describe("decide, of a write", () => {
  const modes = ["off", "shadow", "split", "all"] as const;
  it.each(modes.flatMap((mode) => [write, idempotentWrite].map((method) => ({ mode, method }))))(
    "is the owner's in the mode $mode, whatever is asked for: $method.name",
    ({ mode, method }) => {
      const shadow = { percent: 100 };
      const call: DecidedCall = { ...low, override: "candidate" };
      const before = parseTrafficRule({ mode, percent: 100, shadow, writes: { epoch: 3 } });
      expect(decide(before, method, call)).toEqual({ tag: "write", side: "legacy", epoch: 3 });
      const after = parseTrafficRule({ mode, shadow, writes: { owner: "candidate", epoch: 4 } });
      expect(decide(after, method, { ...call, override: "legacy" })).toEqual({
        tag: "write",
        side: "candidate",
        epoch: 4,
      });
    },
  );
});

describe("bucketOf", () => {
  it("stays as it is, since a change would move users from side to side", () => {
    expect(["", "user-1", "order-1", "ü"].map(bucketOf).map((bucket) => bucket.toFixed(6))).toMatchInlineSnapshot(`
      [
        "66.892219",
        "46.703404",
        "57.031790",
        "3.132229",
      ]
    `);
  });

  it.each([
    ["of consecutive numbers", (index: number) => String(index)],
    [
      "of UUIDs of one millisecond",
      (index: number) => `01a1fbf5-f630-73b7-a186-${index.toString(16).padStart(12, "0")}`,
    ],
  ])("is spread evenly: keys %s", (_, keyOf) => {
    const counts = Array.from({ length: 100 }, () => 0);
    const total = 100_000;
    for (let index = 0; index < total; index++) {
      const bucket = Math.floor(bucketOf(keyOf(index)));
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    // 1000 are expected in each; the standard deviation is 31.5, and five of them are not reached by chance.
    for (const count of counts) expect(Math.abs(count - total / 100)).toBeLessThan(5 * 31.5);
  });

  it("adds keys to the candidate's as the percentage is raised, and takes none away", () => {
    const taken = (percent: number): Set<number> => {
      const rule = parseTrafficRule({ mode: "split", percent });
      const all = Array.from({ length: 1000 }, (_, key) => key);
      return new Set(
        all.filter((key) => decide(rule, read, { key: `${key}`, random: Math.random() }).side === "candidate"),
      );
    };
    const steps = [1, 5, 25, 50, 100].map(taken);
    for (const [index, step] of steps.entries()) expect(steps[index - 1]?.isSubsetOf(step) ?? true).toBe(true);
    expect(steps.at(-1)?.size).toBe(1000);
  });
});

describe("stickyPathOf", () => {
  it("is the method's, else the service's", () => {
    const rule = parseTrafficRule({ mode: "off", sticky: "user_id", methods: { GetOrder: { sticky: "order_id" } } });
    expect(stickyPathOf(rule, "GetUser")).toBe("user_id");
    expect(stickyPathOf(rule, "GetOrder")).toBe("order_id");
  });
});
