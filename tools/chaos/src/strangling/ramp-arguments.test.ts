import { describe, expect, it } from "vitest";
import { UsageError } from "../arguments.ts";
import { parseRampsArguments } from "./ramp-arguments.ts";

describe("the arguments of npm run ramps", () => {
  it("play everything by default, and a good candidate once", () => {
    const { rows, rate } = parseRampsArguments([]);
    expect(rate).toBe(200);
    expect(rows.map(({ fault, when }) => `${fault.tag} ${when}`)).toEqual([
      "none from the beginning",
      "errors from the beginning",
      "errors at 50 %",
      "wrong name from the beginning",
      "wrong name at 50 %",
      "slow from the beginning",
      "slow at 50 %",
    ]);
  });

  it("play what is named", () => {
    const { rows, rate } = parseRampsArguments(["slow", "--rate", "50"]);
    expect([rate, rows.length]).toEqual([50, 2]);
  });

  it.each([[["fast"]], [["--rate", "9"]], [["--rate", "1e9"]], [["--speed", "9"]]])("refuse %j", (args) => {
    expect(() => parseRampsArguments(args)).toThrow(UsageError);
  });
});
