import { describe, expect, it } from "vitest";
import { candidateFaults } from "./candidate-faults.ts";
import type { RampResult } from "./ramp-run.ts";
import { formatRampTable, violationsOf } from "./ramp-table.ts";

const rolledBack: RampResult = {
  fault: candidateFaults.wrong,
  when: "at 50 %",
  percent: 50,
  rolledBackAfterMs: 4321,
  reason: "rollback: mismatches: 6 of 400 calls",
  calls: 12_345,
  failed: 0,
  wrong: 21,
  failures: [],
  struck: 21,
  struckMirrored: 4,
};
const reached: RampResult = {
  ...rolledBack,
  fault: candidateFaults.none,
  when: "from the beginning",
  percent: undefined,
  rolledBackAfterMs: undefined,
  reason: "done: enough was seen",
};

describe("the table of ramps", () => {
  it("tells how long it took, and whom it harmed", () => {
    const [, , first, second] = formatRampTable([rolledBack, reached]).split("\n");
    expect(first?.split("|").map((cell) => cell.trim())).toEqual([
      "",
      "a wrong field in 1 % of the answers",
      "at 50 %",
      "50 %",
      "4.3 s",
      "12,345",
      "0",
      "21",
      "21",
      "4",
      "",
    ]);
    expect(second).toMatch(/^\| none +\| from the beginning +\| not at all +\| – /);
  });

  it("names a fault that was not rolled back, and a good candidate that was", () => {
    expect(violationsOf([rolledBack, reached])).toEqual([]);
    const swapped = [
      { ...reached, fault: rolledBack.fault },
      { ...rolledBack, fault: reached.fault },
    ];
    expect(violationsOf(swapped)).toEqual([
      "a wrong field in 1 % of the answers, from the beginning: done: enough was seen",
      "none, at 50 %: rollback: mismatches: 6 of 400 calls",
    ]);
  });
});
