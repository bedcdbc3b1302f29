import { describe, expect, it } from "vitest";
import { parseTortureArguments, UsageError } from "./arguments.ts";
import { callerFaults, lightCallerFaults } from "./callers/caller-faults.ts";
import { allFaults, shortFaults } from "./faults.ts";

describe("parseTortureArguments", () => {
  it("takes every row, one after the other", () => {
    const all = { faults: allFaults, atOnce: 1, callerFaults, callersAtOnce: 1, light: false, list: false };
    expect(parseTortureArguments([])).toEqual(all);
  });

  it("takes the short rows, side by side", () => {
    expect(parseTortureArguments(["--short"])).toMatchObject({
      faults: shortFaults,
      atOnce: shortFaults.length,
      callerFaults: lightCallerFaults,
      light: true,
    });
  });

  it("takes rows by name, in the order of the table", () => {
    const { faults, atOnce } = parseTortureArguments(["outages", "killed", "--at-once", "2"]);
    expect(faults.map(({ name }) => name)).toEqual(["killed", "outages"]);
    expect(atOnce).toBe(2);
  });

  it("takes rows of both kinds", () => {
    const { faults, callerFaults: chosen } = parseTortureArguments(["instance-slow", "killed"]);
    expect([...faults, ...chosen].map(({ name }) => name)).toEqual(["killed", "instance-slow"]);
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
    const all = [...allFaults, ...callerFaults];
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
  });
});
