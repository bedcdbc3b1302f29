import { basename } from "node:path";
import type { Change } from "./affected-changes.ts";
import { workspaceRoot } from "./command.ts";
import type { Scratch } from "./scratch.ts";
import { readWorkspace } from "./workspace.ts";

/** The targets that CI asks for, and `generate`, which is run by hand after a change of a contract. */
export const targets = ["generate", "check", "contracts", "lint", "typecheck", "test", "build", "container", "deploy"];

/** The services there are, by the names of their folders. */
export function readServices(): string[] {
  const roots = readWorkspace(workspaceRoot).projects.map(({ root }) => root);
  return roots.filter((root) => /^apps\/.*-service$/.test(root)).map((root) => basename(root));
}

/** Commits a change on a branch of its own, and answers what `nx affected` would run for it; sorted. */
export async function tasksAfter(scratch: Scratch, change: Change): Promise<string[]> {
  await scratch.must("git", "checkout", "--quiet", "-B", "change", "main");
  await change.apply(scratch);
  await scratch.commit(`change ${change.what}`);
  return affectedTasks(scratch, "main");
}

/** What `nx affected` would run for the commits since `base`; nothing is run. */
async function affectedTasks(scratch: Scratch, base: string): Promise<string[]> {
  const args = ["affected", "--targets", targets.join(","), `--base=${base}`, "--head=HEAD", "--graph=stdout"];
  return tasksIn(await scratch.must("nx", ...args));
}

/** The tasks of a graph that Nx has printed, their dependencies included, as in `@banyan/user-service:test`; sorted. */
export function tasksIn(graph: string): string[] {
  const { tasks }: { tasks: { tasks: Record<string, unknown> } } = JSON.parse(graph);
  return Object.keys(tasks.tasks).sort();
}

/** What is wrong with the tasks of a change, a sentence each; none when all is as promised. */
export function complaints(change: Change, tasks: readonly string[]): string[] {
  return [
    ...change.runs.filter((task) => !tasks.includes(task)).map((task) => `does not run ${task}`),
    ...tasks.filter((task) => change.spares.test(task)).map((task) => `must not run ${task}`),
  ];
}
