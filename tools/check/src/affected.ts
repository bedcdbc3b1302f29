import { changes, complaints, tasksAfter } from "./affected-tasks.ts";
import { workspaceRoot } from "./command.ts";
import { openScratch } from "./scratch.ts";

// Shows on a scratch copy what `nx affected` runs for a change here or there.
await using scratch = await openScratch(workspaceRoot);
for (const change of changes) {
  const tasks = await tasksAfter(scratch, change);
  const wrong = complaints(change, tasks);
  process.stdout.write(
    `\na change in ${change.where} ${wrong.length === 0 ? "does only what it must" : "goes wrong"}\n`,
  );
  for (const complaint of wrong) process.stdout.write(`  WRONG: ${complaint}\n`);
  for (const [project, targets] of byProject(tasks))
    process.stdout.write(`  ${project.padEnd(28)} ${targets.join(" ")}\n`);
  if (tasks.length === 0) process.stdout.write("  nothing runs\n");
  if (wrong.length > 0) process.exitCode = 1;
}

function byProject(tasks: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const task of tasks) {
    const [project = "", target = ""] = task.split(":");
    found.set(project, [...(found.get(project) ?? []), target]);
  }
  return found;
}
