import { describe, expect, it } from "vitest";
import { parseTortureArguments, UsageError } from "./arguments.ts";
import { allFaults, shortFaults } from "./faults.ts";

describe("parseTortureArguments", () => {
  it("takes every row, one after the other", () => {
    expect(parseTortureArguments([])).toEqual({ faults: allFaults, atOnce: 1, list: false });
  });

  it("takes the short rows, side by side", () => {
    expect(parseTortureArguments(["--short"])).toMatchObject({ faults: shortFaults, atOnce: shortFaults.length });
  });

  it("takes rows by name, in the order of the table", () => {
    const { faults, atOnce } = parseTortureArguments(["outages", "killed", "--at-once", "2"]);
    expect(faults.map(({ name }) => name)).toEqual(["killed", "outages"]);
    expect(atOnce).toBe(2);
  });

  it.each([
    [["kiled"], /no such row: kiled; there are killed, /],
    [["--fast"], /Unknown option '--fast'/],
    [["--at-once", "0"], /--at-once: expected an integer in \[1, 20\], got 0/],
    [["--at-once", "many"], /--at-once: expected an integer/],
  ])("refuses %j and says how to spell it", (args, message) => {
    expect(() => parseTortureArguments(args)).toThrow(UsageError);
    expect(() => parseTortureArguments(args)).toThrow(message);
    expect(() => parseTortureArguments(args)).toThrow("usage: npm run torture");
  });
});

describe("the faults", () => {
  it("have names and titles of their own", () => {
    expect(new Set(allFaults.map(({ name }) => name)).size).toBe(allFaults.length);
    expect(new Set(allFaults.map(({ title }) => title)).size).toBe(allFaults.length);
  });
});
