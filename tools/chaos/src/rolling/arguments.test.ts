import { describe, expect, it } from "vitest";
import { UsageError } from "../arguments.ts";
import { parseRollingArguments } from "./arguments.ts";

describe("parseRollingArguments", () => {
  it("has defaults, and takes numbers", () => {
    expect(parseRollingArguments([])).toEqual({ calls: 200_000, concurrency: 8, instances: 2, deploy: false });
    expect(parseRollingArguments(["--deploy"])).toMatchObject({ calls: 1000, deploy: true });
    expect(parseRollingArguments(["--calls", "1000000", "--instances=3"])).toMatchObject({
      calls: 1_000_000,
      instances: 3,
    });
  });

  it.each([
    [["--calls", "many"], "--calls: expected an integer in [1, 10000000], got many"],
    [["--instances", "1"], "--instances: expected an integer in [2, 10], got 1"],
    [["--concurrency", "0"], "--concurrency: expected an integer in [1, 256], got 0"],
    [["--fast"], "Unknown option '--fast'"],
  ])("refuses %j and says how to spell it", (args, message) => {
    expect(() => parseRollingArguments(args)).toThrow(UsageError);
    expect(() => parseRollingArguments(args)).toThrow(message);
    expect(() => parseRollingArguments(args)).toThrow("usage: npm run rolling");
  });
});
