import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { logFolder } from "./strangling/app-process.ts";
import { stepsOf } from "./walkthrough/document.ts";
import { openReader, workspaceFolder } from "./walkthrough/reader.ts";

it("docs/strangling-a-monolith.md does what it says, command by command", async () => {
  const markdown = await readFile(join(workspaceFolder, "docs", "strangling-a-monolith.md"), "utf8");
  const steps = stepsOf(markdown);
  expect(steps.length).toBeGreaterThan(10);
  const outputs: string[] = [];
  await using reader = await openReader((output) => outputs.push(output));
  try {
    for (const step of steps) {
      await reader.follow(step).catch((error: unknown) => {
        throw new Error(`line ${step.line} of the document`, { cause: error });
      });
    }
  } finally {
    await mkdir(logFolder, { recursive: true });
    await writeFile(join(logFolder, "walkthrough.log"), outputs.join("\n"));
  }
});
