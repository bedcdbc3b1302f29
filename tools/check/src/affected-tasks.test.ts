import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changes, complaints, tasksAfter } from "./affected-tasks.ts";
import { workspaceRoot } from "./command.ts";
import { openScratch, type Scratch } from "./scratch.ts";

describe("nx affected", () => {
  let scratch: Scratch;

  beforeAll(async () => {
    scratch = await openScratch(workspaceRoot);
  });

  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
  });

  it.each(changes.map((change) => [change.where, change] as const))(
    "does only what a change in %s must",
    async (_, change) => {
      expect(complaints(change, await tasksAfter(scratch, change))).toEqual([]);
    },
  );

  it("is complained about, task by task, when it does too little or too much", () => {
    const change = { where: "a", apply: async () => {}, runs: ["a:test"], spares: /^b:/ };
    expect(complaints(change, ["a:lint", "b:lint"])).toEqual(["does not run a:test", "must not run b:lint"]);
  });
});
