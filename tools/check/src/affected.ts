import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { changes } from "./affected-changes.ts";
import { renderTable, withTable, type Finding } from "./affected-table.ts";
import { complaints, readServices, tasksAfter } from "./affected-tasks.ts";
import { workspaceRoot } from "./command.ts";
import { openScratch } from "./scratch.ts";

/**
 * Makes one change of each kind on a scratch copy, and prints the table of what `nx affected` would run for it; with
 * `--write` it goes into the README as well. Ends with 1 where a change does not do what it must.
 */
await using scratch = await openScratch(workspaceRoot);
const findings: Finding[] = [];
for (const change of changes) {
  const tasks = await tasksAfter(scratch, change);
  findings.push({ what: change.what, tasks });
  for (const complaint of complaints(change, tasks)) {
    process.stderr.write(`WRONG: ${change.what}: ${complaint}\n`);
    process.exitCode = 1;
  }
}
const table = await renderTable(findings, readServices());
process.stdout.write(table);

if (process.argv.includes("--write")) {
  const path = join(workspaceRoot, "README.md");
  await writeFile(path, withTable(await readFile(path, "utf8"), table));
}
