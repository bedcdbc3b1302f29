import { describe, expect, it } from "vitest";
import { Report } from "../report.ts";
import { aims, reportAims } from "./aims.ts";
import { chainCase, loadCases } from "./cases.ts";
import { chainPeers } from "./chain.ts";
import type { CaseOutcome } from "./outcome/outcome.ts";
import { peers } from "./peers.ts";

describe("reportAims", () => {
  const bench = { name: "b", description: "", settings: {}, aims, run: async () => undefined };

  it("speaks of every aim, whatever was measured", () => {
    const report = new Report();
    reportAims(report, []);
    expect(report.toMarkdown(bench).match(/: not measured in this run$/gm)).toHaveLength(aims.length);
  });

  it("names cases and peers that there are", () => {
    const samples = [{ perSecond: 100, serverMicros: 1, latency: { p50: 1, p99: 1, p999: 1 } }];
    const outcomes = [...loadCases, chainCase].map((load): CaseOutcome => {
      const entered = load === chainCase ? chainPeers : peers;
      const sides = (["server", "pair"] as const).map((side) =>
        entered.map(({ name, words }) => ({ name, words, side, samples })),
      );
      return { case: load, entries: sides.flat() };
    });
    const report = new Report();
    reportAims(report, outcomes);
    expect(report.toMarkdown(bench).match(/: 1 x, (met|missed)$/gm)).toHaveLength(aims.length);
  });
});
