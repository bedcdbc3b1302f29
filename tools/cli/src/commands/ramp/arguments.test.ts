import { defaultRampPlan } from "@banyan/strangler";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../usage-error.ts";
import { readRampArguments } from "./arguments.ts";

describe("readRampArguments", () => {
  it("has the steps below the percentage, and it", () => {
    expect(readRampArguments(["user", "--to", "100"])).toEqual({
      service: "user",
      to: 100,
      plan: defaultRampPlan,
      mirrorPercent: 10,
      takeOver: false,
    });
    expect(readRampArguments(["user", "--to", "30"]).plan.steps).toEqual([1, 5, 25, 30]);
    expect(readRampArguments(["user", "--to=10", "--steps=0,0.5"]).plan.steps).toEqual([0, 0.5, 10]);
    expect(readRampArguments(["user", "--to", "0"]).plan.steps).toEqual([0]);
  });

  it("puts the numbers of the plan in the place of its defaults", () => {
    const args = ["--to", "5", "--min-seconds", "0", "--max-seconds", "60", "--slower-by-ms", "0.5", "--mirror", "0"];
    expect(readRampArguments(["--take-over", "user", ...args])).toMatchObject({
      plan: { minSeconds: 0, maxSeconds: 60, slowerByMs: 0.5 },
      mirrorPercent: 0,
      takeOver: true,
    });
  });

  it.each([
    [[], "service: expected the name of one"],
    [["user"], "--to: expected a number in [0, 100], and it is not there"],
    [["user", "--to"], "--to: expected a value after it"],
    [["user", "--to", "101"], '--to: expected a number in [0, 100], got "101"'],
    [["user", "--to", "1e1"], '--to: expected a number in [0, 100], got "1e1"'],
    [["user", "--to", "5", "--to", "6"], "--to: expected once"],
    [["user", "order", "--to", "5"], 'argument "order": expected one service at most'],
    [["us/er", "--to", "5"], 'argument "us/er": expected 1 to 63'],
    [["user", "--too", "5"], 'argument "--too": expected one of --to, --steps'],
    [["user", "--to", "5", "--steps", "1,x"], '--steps: expected a number in [0, 100], got "x"'],
    [["user", "--to", "5", "--steps", "25"], '--steps: expected none beyond --to, 5, got "25"'],
    [["user", "--to", "5", "--steps", "3,2"], "--steps: expected 1 to 20 growing numbers in [0, 100], got 3,2,5"],
    [["user", "--to", "5", "--min-seconds", "99999"], "--min-seconds: expected a number in [0, 86400], got 99999"],
    [["user", "--to", "5", "--max-seconds", "1"], "--max-seconds: expected at least minSeconds, 10, got 1"],
    [["user", "--to", "5", "--min-calls", "0.5"], "--min-calls: expected a number in [1, 1000000000], got 0.5"],
  ])("refuses %j, naming the argument and the rule", (args, message) => {
    const read = () => readRampArguments(args);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });
});
