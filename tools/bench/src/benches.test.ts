import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { announcements } from "./announcements/bench.ts";
import { largeService } from "./large-service/bench.ts";
import { pick } from "./pick/bench.ts";
import { policyChain } from "./policy-chain/bench.ts";
import { Report } from "./report.ts";
import { transports } from "./transports/bench.ts";

/** Every cell of the report's tables, as a number; the first column is words. */
function figuresOf(markdown: string): number[] {
  const lines = markdown.split("\n");
  const rows = lines.filter((line, i) => isRow(line) && isRow(lines[i - 1]) && isRow(lines[i - 2]));
  return rows.flatMap((row) =>
    row
      .split("|")
      .slice(2, -1)
      .map((cell) => Number(cell.replaceAll(",", ""))),
  );
}

function isRow(line: string | undefined): boolean {
  return line?.startsWith("|") === true;
}

it("announcements measures every row, and judges its aims", async () => {
  const report = new Report();
  await announcements.run(report, { watchers: 5, processes: 2, rounds: 2 });
  const markdown = report.toMarkdown(announcements);
  expect(figuresOf(markdown)).toHaveLength(6 * 3);
  expect(figuresOf(markdown).filter((figure) => !(figure > 0))).toEqual([]);
  expect(markdown.match(/^- aim: /gm)).toHaveLength(2);
});

it("large-service measures every size, and judges its aims", async () => {
  const report = new Report();
  await largeService.run(report, { instances: 1000, watchers: 2, changes: 4 });
  const markdown = report.toMarkdown(largeService);
  expect(figuresOf(markdown)).toHaveLength(3 * 5);
  expect(figuresOf(markdown).filter((figure) => !(figure > 0))).toEqual([]);
  expect(markdown.match(/^- aim: /gm)).toHaveLength(3);
});

it("pick measures every strategy at every size, and judges its aims", async () => {
  const report = new Report();
  await pick.run(report, { rounds: 1, roundMs: 2 });
  const markdown = report.toMarkdown(pick);
  expect(figuresOf(markdown)).toHaveLength(2 * 6 * 3);
  expect(figuresOf(markdown).filter((figure) => !(figure > 0))).toEqual([]);
  expect(markdown.match(/^- aim: /gm)).toHaveLength(3);
});

it("policy-chain measures every way to call, and judges its aims", async () => {
  const report = new Report();
  await policyChain.run(report, { rounds: 1, calls: 10 });
  const markdown = report.toMarkdown(policyChain);
  expect(figuresOf(markdown)).toHaveLength(3 * 8 * 5 + 3 * 2 * 5);
  expect(figuresOf(markdown).filter((figure) => Number.isNaN(figure))).toEqual([]);
  expect(markdown.match(/^- aim: /gm)).toHaveLength(6);
});

it("transports measures every peer, judges its aims, and keeps what it has found", async () => {
  const report = new Report();
  const results = await mkdtemp(join(tmpdir(), "banyan-bench-results-"));
  const chosen = { cases: ["bidi", "connections", "memory"], peers: ["banyan", "connect-node"], results };
  await transports.run(report, { rounds: 1, seconds: 1, ...chosen });
  const kept = await readdir(results);
  await rm(results, { recursive: true });
  const markdown = report.toMarkdown(transports);
  expect(figuresOf(markdown)).toHaveLength(2 * 9 + 2 * 8 + 2 * 3);
  expect(figuresOf(markdown).filter((figure) => Number.isNaN(figure))).toEqual([]);
  expect(markdown.match(/^- aim: /gm)).toHaveLength(transports.aims.length);
  expect(kept.sort()).toEqual(["transports.json", "transports.md", "transports.svg"]);
}, 120_000);
