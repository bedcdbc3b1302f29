import { describe, expect, it } from "vitest";
import { formatTrafficRule, legacyRule, parseTrafficRule, type TrafficRuleInit } from "./traffic-rule.ts";
import { TrafficRuleError } from "./traffic-rule-error.ts";

function refusal(json: unknown): string {
  try {
    parseTrafficRule(json);
  } catch (error) {
    if (error instanceof TrafficRuleError) return error.message;
    throw error;
  }
  return "taken";
}

const longest = "a".repeat(64);

describe("parseTrafficRule", () => {
  it("fills in every default", () => {
    expect(parseTrafficRule('{"mode":"off"}')).toEqual({
      mode: "off",
      percent: 0,
      methods: {},
      override: true,
      fallback: true,
      readMissFallback: false,
      guard: { errorPercent: 20, minCalls: 20, cooldownSeconds: 10 },
      writes: { owner: "legacy", epoch: 0 },
      shadow: {
        percent: 0,
        controlPercent: 10,
        timeoutMs: 1000,
        maxConcurrent: 16,
        ignore: [],
        unordered: [],
        tolerances: {},
      },
    });
  });

  it.each<TrafficRuleInit>([
    { mode: "split", percent: 0 },
    { mode: "split", percent: 100 },
    { mode: "split", percent: 0.01, methods: { GetUser: { percent: 25, sticky: "user.user_id" } } },
    { mode: "all", writes: { owner: "candidate", epoch: Number.MAX_SAFE_INTEGER } },
    { mode: "off", writes: { pause: { seconds: 1, waitMs: 0 } } },
    { mode: "off", writes: { pause: { seconds: 60, waitMs: 30_000 } } },
    { mode: "off", guard: { errorPercent: 1, minCalls: 10_000, cooldownSeconds: 600 } },
    { mode: "shadow", shadow: { percent: 1, ignore: ["GetUser/name"], unordered: ["a.b"], tolerances: { c: 0 } } },
    { mode: "off", sticky: longest },
  ])("takes %j", (rule) => {
    expect(refusal(rule)).toBe("taken");
    expect(refusal(JSON.stringify(rule))).toBe("taken");
  });

  it.each<[unknown, string]>([
    ["{]", "rule: expected JSON, got 2 characters that are none"],
    [`"${"x".repeat(65_535)}"`, "rule: expected at most 65536 characters, got 65537 characters"],
    ["[]", "rule: expected an object, got []"],
    [{}, "mode: expected off, shadow, split or all, got nothing"],
    [{ mode: "on" }, 'mode: expected off, shadow, split or all, got "on"'],
    [{ mode: "off", pecent: 5 }, "pecent: expected no field of that name, got 5"],
    [{ mode: "off", percent: -0.1 }, "percent: expected a number in [0, 100], got -0.1"],
    [{ mode: "off", percent: 100.1 }, "percent: expected a number in [0, 100], got 100.1"],
    [{ mode: "off", percent: "5" }, 'percent: expected a number in [0, 100], got "5"'],
    [
      { mode: "off", methods: { GetUser: { percent: 101 } } },
      "methods.GetUser.percent: expected a number in [0, 100], got 101",
    ],
    [
      { mode: "off", methods: { "Get User": { percent: 1 } } },
      'methods.Get User: expected the name of a method, got {"percent":1}',
    ],
    [{ mode: "off", sticky: "user-id" }, 'sticky: expected a dotted path of field names, 16 at most, got "user-id"'],
    [
      { mode: "off", sticky: `${longest}a` },
      `sticky: expected a dotted path of field names, 16 at most, got "${longest}a"`,
    ],
    [{ mode: "off", override: 1 }, "override: expected true or false, got 1"],
    [{ mode: "off", writes: { owner: "both" } }, 'writes.owner: expected legacy or candidate, got "both"'],
    [{ mode: "off", writes: { epoch: 1.5 } }, "writes.epoch: expected an integer in [0, 9007199254740991], got 1.5"],
    [
      { mode: "off", writes: { owner: "candidate" } },
      "writes.epoch: expected at least 1 where the candidate owns the writes, got nothing",
    ],
    [
      { mode: "off", writes: { pause: { seconds: 61 } } },
      "writes.pause.seconds: expected an integer in [1, 60], got 61",
    ],
    [{ mode: "off", writes: { pause: { seconds: 0 } } }, "writes.pause.seconds: expected an integer in [1, 60], got 0"],
    [
      { mode: "off", writes: { pause: { seconds: 1, waitMs: 30_001 } } },
      "writes.pause.waitMs: expected an integer in [0, 30000], got 30001",
    ],
    [{ mode: "off", guard: { errorPercent: 0 } }, "guard.errorPercent: expected a number in [1, 100], got 0"],
    [{ mode: "shadow" }, "shadow.percent: expected more than 0 in the mode shadow, got nothing"],
    [
      { mode: "off", shadow: { maxConcurrent: 1001 } },
      "shadow.maxConcurrent: expected an integer in [1, 1000], got 1001",
    ],
    [
      { mode: "off", shadow: { ignore: ["a//b"] } },
      'shadow.ignore[0]: expected a dotted path of field names, or Method/ and one, got "a//b"',
    ],
    [
      { mode: "off", shadow: { ignore: Array.from({ length: 101 }, () => "a") } },
      expect.stringMatching(/^shadow\.ignore: expected 100 paths at most, got /),
    ],
    [
      { mode: "off", shadow: { tolerances: { a: -1 } } },
      "shadow.tolerances.a: expected a number in [0, 1000000000000000], got -1",
    ],
  ])("refuses %j by field, rule and value", (json, message) => {
    expect(refusal(json)).toEqual(message);
  });

  it("names 20 violations at most", () => {
    const unknown = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`field${index}`, 1]));
    expect(refusal({ mode: "off", ...unknown }).split("\n")).toHaveLength(20);
  });
});

describe("formatTrafficRule", () => {
  it.each<TrafficRuleInit>([
    { mode: "off" },
    { mode: "split", percent: 5, sticky: "user_id", methods: { GetUser: { percent: 0 } } },
    { mode: "split", writes: { owner: "candidate", epoch: 3, pause: { seconds: 10, waitMs: 5000 } } },
    { mode: "shadow", shadow: { percent: 10, ignore: ["name"], tolerances: { a: 1 } } },
  ])("writes what was written: %j", (init) => {
    const rule = parseTrafficRule(init);
    expect(JSON.parse(formatTrafficRule(rule))).toEqual(init);
    expect(parseTrafficRule(formatTrafficRule(rule))).toEqual(rule);
  });

  it("writes the mode even where it is the usual one", () => {
    expect(formatTrafficRule(legacyRule)).toBe('{"mode":"off"}');
  });
});
