import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changes } from "./affected-changes.ts";
import { renderTable, withTable } from "./affected-table.ts";
import { complaints, readServices, tasksAfter } from "./affected-tasks.ts";
import { workspaceRoot } from "./command.ts";
import { openScratch, type Scratch } from "./scratch.ts";

describe("nx affected", () => {
  let scratch: Scratch;
  const found = new Map<string, readonly string[]>();

  beforeAll(async () => {
    scratch = await openScratch(workspaceRoot);
    for (const change of changes) found.set(change.what, await tasksAfter(scratch, change));
  }, 400_000);

  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
  });

  it.each(changes.map((change) => [change.what, change] as const))(
    "does only what it must after %s",
    (what, change) => {
      expect(complaints(change, found.get(what) ?? [])).toEqual([]);
    },
  );

  it("is told in the README as it was found; npm run affected -- --write brings that up to date", async () => {
    const readme = await readFile(join(workspaceRoot, "README.md"), "utf8");
    const findings = [...found].map(([what, tasks]) => ({ what, tasks }));
    expect(readme).toBe(withTable(readme, await renderTable(findings, readServices())));
  });

  it("is complained about, task by task, when it does too little or too much", () => {
    const change = { what: "a", apply: async () => {}, runs: ["a:test"], spares: /^b:/ };
    expect(complaints(change, ["a:lint", "b:lint"])).toEqual(["does not run a:test", "must not run b:lint"]);
  });
});
