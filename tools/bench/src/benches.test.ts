import { expect, it } from "vitest";
import { announcements } from "./announcements/bench.ts";
import { largeService } from "./large-service/bench.ts";
import { Report } from "./report.ts";

/** Every cell of the report's table, as a number; its first column is words. */
function figuresOf(markdown: string): number[] {
  const rows = markdown.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).flatMap((row) =>
    row
      .split("|")
      .slice(2, -1)
      .map((cell) => Number(cell.replaceAll(",", ""))),
  );
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
