import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { OrderState } from "@banyan/stubs-order";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openClients } from "./clients/clients.ts";
import { settleOrder } from "./clients/settle-order.ts";
import { createSomeUser, stockItem } from "./contracts/samples.ts";
import { bundleService, runNode, type BundledService } from "./platform/bundles.ts";
import { startPlatform, type Platform } from "./platform/platform.ts";
import type { ServiceName } from "./platform/service-process.ts";

const services: readonly ServiceName[] = ["user", "order", "inventory"];

describe("the bundles of a service, in a folder that has nothing else but its migrations", () => {
  const opened = new AsyncDisposableStack();
  let platform: Platform;
  let bundles: Readonly<Record<ServiceName, BundledService>>;

  beforeAll(async () => {
    platform = opened.use(await startPlatform());
    const bundle = async (service: ServiceName) => opened.use(await bundleService(service));
    const [user, order, inventory] = await Promise.all([bundle("user"), bundle("order"), bundle("inventory")]);
    bundles = { user, order, inventory };
  });

  afterAll(() => opened.disposeAsync());

  /** Runs `dist/migrate.js` with its one variable. @returns the lines of its log */
  async function migrate(service: ServiceName): Promise<readonly unknown[]> {
    const env = { DATABASE_URL: await platform.databaseUrl(service) };
    const { folder } = bundles[service];
    const stdout = await runNode(["dist/migrate.js"], { folder, env, timeoutMs: 30_000 });
    return stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
  }

  it.each(services)("(%s) migrate its database and end, once and once more", async (service) => {
    const names = (await readdir(join(bundles[service].folder, "migrations"))).toSorted((a, b) => a.localeCompare(b));
    const run = names.map((name) => ({ msg: "migration has run", migration: name.replace(/\.sql$/, "") }));
    expect(run.length).toBeGreaterThan(0);
    expect(await migrate(service)).toMatchObject([...run, { msg: "the database is up to date", run: run.length }]);
    expect(await migrate(service)).toMatchObject([{ msg: "the database is up to date", run: 0 }]);
  });

  it.each(services)("(%s) say in one line that DATABASE_URL is missing", async (service) => {
    const { folder } = bundles[service];
    await expect(runNode(["dist/migrate.js"], { folder, timeoutMs: 30_000 })).rejects.toMatchObject({
      code: 1,
      stderr: "DATABASE_URL: expected a URL postgres://role:password@host:port/database, and it is not set\n",
    });
  });

  it("serve, are found in etcd, place an order among themselves, and leave no key at SIGTERM", async () => {
    const start = (service: ServiceName) => {
      const { folder } = bundles[service];
      expect(() => createRequire(join(folder, "dist/main.js")).resolve("pg")).toThrow("Cannot find module");
      const command = { program: process.execPath, args: ["dist/main.js"], folder };
      return platform.start(service, { command, environment: { NODE_COMPILE_CACHE: undefined } });
    };
    const [user, order, inventory] = await Promise.all([start("user"), start("order"), start("inventory")]);
    const instances = [inventory, order, user];
    const entries = await platform.registry.list("/services/");
    expect(entries).toMatchObject(
      instances.map(({ service, id, listening }) => ({ key: `/services/${service}/${id}`, value: listening })),
    );

    using clients = openClients({ user: user.listening, order: order.listening, inventory: inventory.listening });
    const sku = await stockItem(clients.inventory);
    const userId = await createSomeUser(clients.users);
    const placement = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 1 }] };
    expect(await settleOrder(clients.orders, placement)).toMatchObject({ state: OrderState.CONFIRMED });

    for (const instance of instances) expect(await instance.stop()).toEqual({ code: 0, signal: null });
    expect(await platform.registry.list("/")).toEqual([]);
    for (const instance of instances) expect(await instance.errorOutput()).toBe("");
  });
});
