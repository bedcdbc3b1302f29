import { describe, expect, it } from "vitest";
import { goodRow } from "../testing/row-result.ts";
import { formatTable } from "./table.ts";

const cells = (line: string): string[] => line.split("|").map((cell) => cell.trim());

describe("formatTable", () => {
  it("has a line for each result, and columns of one width", () => {
    const lines = formatTable([goodRow, { ...goodRow, title: "a much longer title than the other one" }]).split("\n");
    expect(lines).toHaveLength(4);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines[1]).toMatch(/^\|( -+ \|)+$/);
    expect(cells(lines[2] ?? "")).toEqual(
      ["", "kill -9 and restart", "1 member", "1.2 s", "4.3 s", "317 of 12,000", "0 of 2,000"].concat([
        "8.0 s (5.3 s)",
        "21 ms",
        "51 ms",
        "holds",
        "",
      ]),
    );
  });

  it("tells of a row that is broken, that never recovered, and where nobody who was gone was listed", () => {
    const broken = { ...goodRow, violations: ["late"], backAfterMs: undefined, goneListedMs: 0 };
    const line = formatTable([broken]).split("\n")[2] ?? "";
    expect(cells(line)).toEqual(expect.arrayContaining(["never", "–", "BROKEN"]));
  });
});
