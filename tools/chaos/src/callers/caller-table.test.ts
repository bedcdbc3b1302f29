import { describe, expect, it } from "vitest";
import type { CallerRowResult } from "./caller-row.ts";
import { formatCallerTable } from "./caller-table.ts";

const result: CallerRowResult = {
  name: "instance-killed",
  title: "kill -9 of one of three",
  etcdVersion: "3.5.16",
  calls: 3213,
  failedRepeatable: 0,
  failedOthers: 2,
  p99: { before: 24.2, during: 63.1, after: Number.NaN },
  goodput: undefined,
  backAfterMs: 1200,
  remarks: [],
  violations: [],
  tookMs: 19_200,
  logFile: "/tmp/instance-killed.log",
  lastLines: [],
};
const cells = (line = ""): string[] => line.split("|").map((cell) => cell.trim());

describe("formatCallerTable", () => {
  it("tells what callers saw, and leaves out what was not measured", () => {
    const [, , line] = formatCallerTable([result]).split("\n");
    expect(cells(line).slice(1, 8)).toEqual(["kill -9 of one of three", "3,213", "0", "2", "24 ms", "63 ms", "–"]);
    expect(cells(line).slice(8, 13)).toEqual(["–", "–", "–", "1.2 s", "holds"]);
  });

  it("tells of goodput, and of a row that is broken", () => {
    const goodput = { before: 246, during: 141.4, after: 238 };
    const [, , line] = formatCallerTable([{ ...result, goodput, violations: ["late"] }]).split("\n");
    expect(cells(line)).toEqual(expect.arrayContaining(["246/s", "141/s", "238/s", "BROKEN"]));
  });
});
