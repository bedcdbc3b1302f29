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

  it("refuses to judge what was not measured", () => {
    expect(() => new Report().toMarkdown(bench)).toThrow(`has not measured "answer, p99"`);
  });
});
