import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scratch } from "./scratch.ts";

/** A change to the workspace, and what it must and must not set in motion. */
export interface Change {
  /** What is changed, as the table shows it. */
  readonly what: string;
  apply(scratch: Scratch): Promise<void>;
  /** Tasks that it must run; `@banyan/user-service:test`. */
  readonly runs: readonly string[];
  /** What none of its tasks may match. */
  readonly spares: RegExp;
}

const services = ["user-service", "order-service", "inventory-service"];

/** What the README promises of each kind of change; a small one of its kind is made. */
export const changes: readonly Change[] = [
  {
    what: "the README at the root",
    apply: (scratch) => append(scratch, "README.md", "\nMore.\n"),
    runs: [],
    spares: /./,
  },
  {
    what: "the README of a lib: `libs/registry`",
    apply: (scratch) => append(scratch, "libs/registry/README.md", "\nMore.\n"),
    runs: tasks("lint", "registry"),
    spares: /:(test|typecheck|build|container|deploy)$/,
  },
  {
    what: "a service: `apps/user-service/src/domain/`",
    apply: (scratch) => scratch.write("apps/user-service/src/domain/change.ts", "export const change = 1;\n"),
    runs: [
      ...["lint", "typecheck", "test", "build", "container", "deploy"].flatMap((target) =>
        tasks(target, "user-service"),
      ),
      ...tasks("test", "e2e", "chaos"),
    ],
    spares: /^@banyan\/(order-service|inventory-service|rpc):/,
  },
  {
    what: "a test of a service",
    apply: (scratch) => scratch.write("apps/user-service/src/domain/change.test.ts", "export {};\n"),
    runs: ["lint", "typecheck", "test"].flatMap((target) => tasks(target, "user-service")),
    spares: /^@banyan\/(?!user-service:|check:check)|:(build|container|deploy)$/,
  },
  {
    what: "a migration: `apps/order-service/migrations/`",
    apply: (scratch) => scratch.write("apps/order-service/migrations/9999_change.sql", "select 1;\n"),
    runs: [...tasks("test", "order-service", "e2e"), ...tasks("container", "order-service")],
    spares: /^@banyan\/(user-service|inventory-service):|^@banyan\/order-service:(lint|typecheck)/,
  },
  {
    what: "a lib below all services: `libs/registry`",
    apply: (scratch) => scratch.write("libs/registry/src/change.ts", "export const change = 1;\n"),
    runs: ["test", "build", "container", "deploy"].flatMap((target) => tasks(target, ...services)),
    spares: /^@banyan\/(stubs-.*|errors):/,
  },
  {
    what: "a contract, formatted otherwise: `proto/order`",
    apply: (scratch) => changeContract(scratch, (text) => text.replaceAll("\n  ", "\n    ")),
    runs: [...tasks("generate", "stubs-order"), ...tasks("contracts", "check")],
    spares: /:(lint|typecheck|test|build|container|deploy)$/,
  },
  {
    what: "a contract, if only a comment: `proto/order`",
    apply: (scratch) => changeContract(scratch, (text) => text.replace("\nmessage ", "\n// More.\nmessage ")),
    runs: [...tasks("test", "order-service"), ...tasks("build", "order-service")],
    spares: /^@banyan\/(user-service|inventory-service|stubs-(user|inventory|money)|rpc):/,
  },
  {
    what: "the manifests of a service: `k8s/user-service`",
    apply: (scratch) => append(scratch, "k8s/user-service/kustomization.yaml", "# More.\n"),
    // The generator's template has this service's manifests word for word.
    runs: [...tasks("test", "deploy", "generators"), ...tasks("deploy", "user-service")],
    spares: /^@banyan\/(?!deploy:|generators:|check:check|user-service:deploy)|:(lint|typecheck)$/,
  },
  {
    what: "what manifests share: `k8s/components`",
    apply: (scratch) => scratch.write("k8s/components/service/change.yaml", "{}\n"),
    runs: [...tasks("test", "deploy"), ...tasks("deploy", ...services)],
    spares: /^@banyan\/(?!deploy:|check:check|[a-z]+-service:deploy)|:(lint|typecheck)$/,
  },
  {
    what: "how services are started: `tools/dev`",
    apply: (scratch) => scratch.write("tools/dev/src/change.ts", "export const change = 1;\n"),
    runs: tasks("test", "dev", "registry", "e2e", ...services),
    spares: /:(build|container|deploy)$/,
  },
  {
    what: "how images are made: `tools/build`",
    apply: (scratch) => scratch.write("tools/build/src/change.ts", "export const change = 1;\n"),
    runs: ["build", "container", "deploy"].flatMap((target) => tasks(target, ...services)),
    spares: /-service:(lint|typecheck|test)$/,
  },
];

function tasks(target: string, ...projects: readonly string[]): string[] {
  return projects.map((project) => `@banyan/${project}:${target}`);
}

async function append(scratch: Scratch, path: string, text: string): Promise<void> {
  await scratch.write(path, (await readFile(join(scratch.path, path), "utf8")) + text);
}

/** Changes the contract of orders and generates its stubs again, as `npm run generate` would. */
async function changeContract(scratch: Scratch, change: (text: string) => string): Promise<void> {
  const path = "proto/order/v1/order.proto";
  await scratch.write(path, change(await readFile(join(scratch.path, path), "utf8")));
  await scratch.must("nx", "run", "@banyan/stubs-order:generate");
}
