import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scratch } from "./scratch.ts";

/** A change to the workspace, and what it must and must not set in motion. */
export interface Change {
  /** What is changed, as the table shows it. */
  readonly where: string;
  apply(scratch: Scratch): Promise<void>;
  /** Tasks that it must run; `@banyan/user-service:test`. */
  readonly runs: readonly string[];
  /** What none of its tasks may match. */
  readonly spares: RegExp;
}

const services = ["user-service", "order-service", "inventory-service"];

/** The promises of the README about `nx affected`. */
export const changes: readonly Change[] = [
  {
    where: "apps/user-service",
    apply: (scratch) => scratch.write("apps/user-service/src/domain/change.ts", "export const change = 1;\n"),
    runs: ["lint", "typecheck", "test", "build"].map((target) => `@banyan/user-service:${target}`),
    spares: /^@banyan\/(order-service|inventory-service|rpc):/,
  },
  {
    where: "proto/order",
    async apply(scratch) {
      const path = "proto/order/v1/order.proto";
      const text = await readFile(join(scratch.path, path), "utf8");
      await scratch.write(path, `${text}\n// A change.\nmessage Change {}\n`);
      await scratch.must("nx", "run", "@banyan/stubs-order:generate");
    },
    runs: ["@banyan/order-service:test", "@banyan/order-service:build", "@banyan/check:contracts"],
    spares: /^@banyan\/(user-service|inventory-service|stubs-user|stubs-inventory|rpc):/,
  },
  {
    where: "libs/registry",
    apply: (scratch) => scratch.write("libs/registry/src/change.ts", "export const change = 1;\n"),
    runs: services.flatMap((service) => [`@banyan/${service}:test`, `@banyan/${service}:build`]),
    spares: /^@banyan\/(stubs-.*|errors):/,
  },
  {
    where: "README.md",
    apply: (scratch) => scratch.write("README.md", "# Changed\n"),
    runs: [],
    spares: /./,
  },
];

/** The targets that CI asks for. */
export const targets = ["check", "contracts", "lint", "typecheck", "test", "build"];

/** Commits a change on a branch of its own, and answers what `nx affected` would run for it; sorted. */
export async function tasksAfter(scratch: Scratch, change: Change): Promise<string[]> {
  await scratch.must("git", "checkout", "--quiet", "-B", "change", "main");
  await change.apply(scratch);
  await scratch.commit(`change ${change.where}`);
  return affectedTasks(scratch, "main");
}

/** What `nx affected` would run for the commits since `base`; nothing is run. */
async function affectedTasks(scratch: Scratch, base: string): Promise<string[]> {
  const args = ["affected", "--targets", targets.join(","), `--base=${base}`, "--head=HEAD", "--graph=stdout"];
  const graph: { tasks: { tasks: Record<string, unknown> } } = JSON.parse(await scratch.must("nx", ...args));
  return Object.keys(graph.tasks.tasks).sort();
}

/** What is wrong with the tasks of a change, a sentence each; none when all is as promised. */
export function complaints(change: Change, tasks: readonly string[]): string[] {
  return [
    ...change.runs.filter((task) => !tasks.includes(task)).map((task) => `does not run ${task}`),
    ...tasks.filter((task) => change.spares.test(task)).map((task) => `must not run ${task}`),
  ];
}
