import type { TestProject } from "vitest/node";
import { startPlatform, type Instance } from "./platform.ts";
import type { AppName } from "./service-process.ts";

/** One instance of each service and of the monolith, for the test files that stop none of them; its disposal ends the run. */
export type SharedPlatform = { readonly [app in AppName]: SharedInstance };

/** What another process needs to know of an instance. */
export type SharedInstance = Pick<Instance, "pid" | "logFile" | "listening">;

declare module "vitest" {
  interface ProvidedContext {
    platform: SharedPlatform;
  }
}

/** Starts the platform before the first test file. @returns what stops it after the last one */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await using opening = new AsyncDisposableStack();
  const platform = opening.use(await startPlatform());
  const [user, order, inventory, monolith] = await Promise.all([
    platform.start("user"),
    platform.start("order"),
    platform.start("inventory"),
    platform.start("monolith"),
  ]);
  project.provide("platform", {
    user: shared(user),
    order: shared(order),
    inventory: shared(inventory),
    monolith: shared(monolith),
  });
  const opened = opening.move();
  return () => opened.disposeAsync();
}

function shared({ pid, logFile, listening }: Instance): SharedInstance {
  return { pid, logFile, listening };
}
