import { describe, expect, it } from "vitest";
import { successionOf } from "./succession.ts";
import { parseTrafficRule, type TrafficRuleInit } from "./traffic-rule.ts";

type Writes = NonNullable<TrafficRuleInit["writes"]>;

function after(current: Writes, next: Writes | undefined | string): unknown {
  const text = typeof next === "object" ? JSON.stringify({ mode: "split", writes: next }) : next;
  const outcome = successionOf(parseTrafficRule({ mode: "split", percent: 5, writes: current }), text);
  return outcome.tag === "taken" ? outcome.rule.writes : outcome.error.message;
}

describe("successionOf", () => {
  it.each<[string, Writes, Writes | undefined | string, unknown]>([
    ["takes the same writes", { epoch: 3 }, { epoch: 3 }, { owner: "legacy", epoch: 3 }],
    [
      "takes a flip with a higher epoch",
      { epoch: 3 },
      { owner: "candidate", epoch: 4 },
      { owner: "candidate", epoch: 4 },
    ],
    ["takes the way back", { owner: "candidate", epoch: 4 }, { epoch: 5 }, { owner: "legacy", epoch: 5 }],
    [
      "refuses another owner within an epoch",
      { epoch: 3 },
      { owner: "candidate", epoch: 3 },
      "writes.epoch: expected more than 3, for the owner is another one, got 3",
    ],
    ["refuses an older epoch", { epoch: 3 }, { epoch: 2 }, "writes.epoch: expected at least 3, as before, got 2"],
    [
      "takes it that there is no rule any more, and keeps the epoch",
      { epoch: 3 },
      undefined,
      { owner: "legacy", epoch: 3 },
    ],
    [
      "refuses that there is none while the candidate owns the writes",
      { owner: "candidate", epoch: 4 },
      undefined,
      "rule: expected one, for the candidate owns the writes, got nothing",
    ],
    ["refuses what is no rule", {}, "[1]", "rule: expected an object, got [1]"],
  ])("%s", (_, current, next, outcome) => {
    expect(after(current, next)).toEqual(outcome);
  });
});
