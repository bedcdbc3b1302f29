import { format } from "prettier";
import { targets } from "./affected-tasks.ts";

/** What a kind of change was found to run: its tasks, as in `@banyan/user-service:test`. */
export interface Finding {
  readonly what: string;
  readonly tasks: readonly string[];
}

/** The table stands between these lines of the README. */
const [begin, end] = ["<!-- found by npm run affected -- --write -->", "<!-- end of what was found -->"];

/** The README with this table in place of the one it has. @throws when it has no place for one */
export function withTable(readme: string, table: string): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the README has no place for the table: "${begin}" and "${end}"`);
  return `${readme.slice(0, from)}${begin}\n\n${table}\n${readme.slice(to)}`;
}

/** The table in Markdown, as prettier has it. */
export async function renderTable(findings: readonly Finding[], services: readonly string[]): Promise<string> {
  const rows = findings.map(({ what, tasks }) => `| ${what} | ${summarizeTasks(tasks, services)} |`);
  const table = ["| a change of | runs |", "| --- | --- |", ...rows].join("\n");
  return format(table, { parser: "markdown", printWidth: 120 });
}

/**
 * Targets with the projects that have them in common: `lint test` of e2e, every service; `check` of check.
 *
 * @param services all that there are, without `@banyan/`: named one by one only where they differ, so that one more
 * leaves the table as it is
 */
export function summarizeTasks(tasks: readonly string[], services: readonly string[]): string {
  if (tasks.length === 0) return "nothing";
  const targetsOf = new Map<string, string[]>();
  for (const task of tasks) {
    const [project = "", target = ""] = task.replace("@banyan/", "").split(":");
    targetsOf.set(project, [...(targetsOf.get(project) ?? []), target]);
  }
  const projectsOf = new Map<string, string[]>();
  for (const [project, own] of targetsOf) {
    const together = `\`${own.sort(byTurn).join(" ")}\``;
    projectsOf.set(together, [...(projectsOf.get(together) ?? []), project]);
  }
  return [...projectsOf].map(([together, projects]) => `${together} of ${listed(projects, services)}`).join("; ");
}

function listed(projects: readonly string[], services: readonly string[]): string {
  const areAll = services.every((service) => projects.includes(service));
  const others = areAll ? projects.filter((project) => !services.includes(project)) : projects;
  return [...others, ...(areAll ? ["every service"] : [])].join(", ");
}

/** In the order in which one would run them. */
function byTurn(a: string, b: string): number {
  return targets.indexOf(a) - targets.indexOf(b);
}
