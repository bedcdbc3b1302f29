import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { features } from "./features.ts";
import { featureTable, rowTable } from "./readme-tables.ts";
import { rows } from "./rows.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The table of the README that begins with this line. */
function tableFrom(head: string): string {
  const [, behind = ""] = readme.split(`\n${head}\n`);
  return [
    head,
    ...behind.split("\n").slice(
      0,
      behind.split("\n").findIndex((line) => !line.startsWith("|")),
    ),
  ].join("\n");
}

describe("the README", () => {
  it.each([
    ["what calls can be made with", featureTable(features)],
    ["each row that is tested, and each that is not", rowTable(rows)],
  ])("tells %s", (_, table) => {
    expect(tableFrom(table.split("\n", 1)[0] ?? "").split("\n")).toEqual(table.split("\n"));
  });
});

describe("the rows", () => {
  const cases = rows.flatMap(({ suite, cases }) => cases.map(({ name }) => `${suite}/${name}`)).sort();

  it("have all cases of the suite, each once", () => {
    expect(cases).toHaveLength(256);
    // Of the names of the 32 files of cases, sorted by their octets, a line each.
    const digest = createHash("sha256")
      .update(`${cases.join("\n")}\n`)
      .digest("hex");
    expect(digest).toBe("38afc08e9148f67ee512730d7b72d1dd19ec80e8abda31a7349bed74219cf784");
  });

  it("have cases to run where one of us is said to have the feature", () => {
    const toRun = { server: ["scripted", "request"], client: ["scripted", "answer"] } as const;
    const idle = rows.flatMap(({ suite, feature, cases, ...verdicts }) =>
      (["server", "client"] as const)
        .filter((side) => verdicts[side] === "yes")
        .filter((side) => cases.some(({ kind }) => !toRun[side].some((run) => run === kind)))
        .map((side) => `${suite}: ${feature}: ${side}`),
    );
    expect(idle).toEqual([]);
  });
});
