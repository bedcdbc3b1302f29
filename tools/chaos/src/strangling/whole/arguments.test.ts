import { describe, expect, it } from "vitest";
import { UsageError } from "../../arguments.ts";
import { parseVisitArguments } from "./visit-arguments.ts";
import { parseWalkArguments } from "./walk-arguments.ts";

describe("the arguments of a walk", () => {
  it("takes all three services out and the last one back, and kills nothing, by default", () => {
    expect(parseWalkArguments([])).toMatchObject({
      taken: ["user", "inventory", "order"],
      back: "order",
      rate: 40,
      kill: undefined,
    });
  });

  it("takes one service, a rate, steps, and a seed for the kills", () => {
    const parsed = parseWalkArguments(["--only", "user", "--rate", "100", "--kill", "7", "--steps", "1,100"]);
    expect(parsed).toMatchObject({ taken: ["user"], back: "user", rate: 100, kill: { seed: 7 } });
    expect(parsed.ramp.slice(0, 2)).toEqual(["--steps", "1,100"]);
  });

  it.each([
    [["--only", "payment"], "--only: expected one of user, inventory, order, got payment"],
    [["--rate", "0"], "--rate: expected an integer in [1, 1000], got 0"],
    [["--kill", "x"], "--kill: expected an integer in [0, 4294967295], got x"],
    [["--fast"], "Unknown option '--fast'"],
  ])("refuses %j", (args, message) => {
    expect(() => parseWalkArguments(args)).toThrow(UsageError);
    expect(() => parseWalkArguments(args)).toThrow(message);
  });
});

describe("the arguments of visitors", () => {
  it("takes addresses and a rate", () => {
    const doors = ["localhost:50050", "[::1]:50049"];
    expect(parseVisitArguments([...doors, "--rate", "5"])).toEqual({ doors, rate: 5 });
  });

  it.each([
    [[], "address: expected host:port of a monolith, got none"],
    [["http://localhost:50050"], "address: expected host:port of a monolith, got http://localhost:50050"],
    [["localhost:1", "--rate", "1.5"], "--rate: expected an integer in [1, 1000], got 1.5"],
  ])("refuses %j", (args, message) => {
    expect(() => parseVisitArguments(args)).toThrow(UsageError);
    expect(() => parseVisitArguments(args)).toThrow(message);
  });
});
