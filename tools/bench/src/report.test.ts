import { describe, expect, it } from "vitest";
import type { Bench } from "./bench.ts";
import { Report } from "./report.ts";

const bench: Bench = {
  name: "a-bench",
  description: "What it measures.",
  settings: {},
  aims: [{ figure: "answer, p99", below: 200, unit: "ms" }],
  run: async () => undefined,
};

describe("Report", () => {
  it("is the conditions, the tables and the aims, as Markdown", () => {
    const report = new Report();
    report.condition("Node 26");
    report.table(["what", "p50"], [["answer", 12.345]]);
    report.figure("answer, p99", 38.21);
    expect(report.toMarkdown(bench)).toBe(`## a-bench

What it measures.

- Node 26

| what   |  p50 |
| ------ | ---: |
| answer | 12.3 |

- aim: answer, p99 < 200 ms: 38.2 ms, met
`);
  });

  it("says that an aim is missed, at its bound too", () => {
    const report = new Report();
    report.figure("answer, p99", 200);
    expect(report.toMarkdown(bench)).toContain("aim: answer, p99 < 200 ms: 200 ms, missed");
  });

  it("judges an aim that is a least figure, met at its bound", () => {
    const least: Bench = { ...bench, aims: [{ figure: "calls/s, to another", atLeast: 25, unit: "x" }] };
    const judged = (value: number): string => {
      const report = new Report();
      report.figure("calls/s, to another", value);
      return report.toMarkdown(least);
    };
    expect(judged(25)).toContain("aim: calls/s, to another ≥ 25 x: 25 x, met");
    expect(judged(24)).toContain("aim: calls/s, to another ≥ 25 x: 24 x, missed");
  });

  it("says of an aim whose figure was left out that it was not measured", () => {
    const report = new Report();
    report.figure("answer, p99", undefined);
    expect(report.toMarkdown(bench)).toContain("aim: answer, p99 < 200 ms: not measured in this run");
  });

  it("has sections and remarks, those after the tables", () => {
    const report = new Report();
    report.figure("answer, p99", 1);
    report.remark("one was left out");
    report.section("answers");
    report.table(["what", "p50"], [["answer", 1]]);
    expect(report.toMarkdown(bench)).toContain("### answers\n\n| what   | p50 |\n");
    expect(report.toMarkdown(bench)).toContain("|\n\n- one was left out\n\n- aim:");
  });

  it("refuses to judge what was not measured", () => {
    expect(() => new Report().toMarkdown(bench)).toThrow(`has not measured "answer, p99"`);
  });
});
