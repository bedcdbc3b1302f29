import { describe, expect, it } from "vitest";
import { createCatalog, openCatalog, type Catalog } from "./catalog.ts";
import { EtcdUnreachableError } from "./etcd/etcd.ts";
import type { RegistryWorld } from "./testing/contract.ts";
import { openEtcdWorld } from "./testing/etcd-world.ts";
import { MemoryEtcd } from "./testing/memory-etcd.ts";
import { memoryWorldOn } from "./testing/memory-world.ts";
import { recordLog } from "./testing/recorded-log.ts";

interface CatalogWorld {
  readonly world: RegistryWorld;
  readonly catalog: Catalog;
}

async function inMemory(): Promise<CatalogWorld> {
  const etcd = new MemoryEtcd();
  return { world: memoryWorldOn(etcd), catalog: createCatalog(etcd.connect(recordLog())) };
}

async function onEtcd(): Promise<CatalogWorld> {
  const world = await openEtcdWorld();
  return { world, catalog: openCatalog({ ETCD_ENDPOINTS: [world.etcd.endpoint] }) };
}

describe.concurrent.each([
  ["in memory", inMemory],
  ["on etcd", onEtcd],
])("catalog %s", (_name, open) => {
  const opened = async () => {
    const { world, catalog } = await open();
    const stack = new AsyncDisposableStack();
    stack.use(world);
    stack.use(catalog);
    return { world, catalog, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  };

  it("lists the instances of all services, or of one, with what is left of their leases", async () => {
    await using setting = await opened();
    const { world, catalog } = setting;
    expect(await catalog.list()).toEqual([]);
    await world.put("/services/user/b", "h:2", 60);
    await world.put("/services/user/a", "h:1");
    await world.put("/services/order/c", '{"Addr":"h:3","Metadata":{"zone":"z"}}', 60);
    const left = expect.toBeOneOf([59, 60]);
    const order = {
      service: "order",
      id: "c",
      key: "/services/order/c",
      leaseSecondsLeft: left,
      reading: { tag: "instance", instance: { id: "c", address: "h:3", zone: "z" } },
    };
    const user = (id: string, address: string, leaseSecondsLeft: unknown) => ({
      service: "user",
      id,
      key: `/services/user/${id}`,
      leaseSecondsLeft,
      reading: { tag: "instance", instance: { id, address } },
    });
    const users = [user("a", "h:1", undefined), user("b", "h:2", left)];
    expect(await catalog.list()).toEqual([order, ...users]);
    expect(await catalog.list("user")).toEqual(users);
  });

  it("shows what cannot be read, and leaves out what is no instance", async () => {
    await using setting = await opened();
    const { world, catalog } = setting;
    await world.put("/services/user/bytes", Buffer.from([0xff]));
    await world.put("/services/user/a/b", "h:1");
    await world.put("/services/user", "h:1");
    await world.put("/services//a", "h:1");
    expect(await catalog.list()).toMatchObject([{ id: "bytes", reading: { tag: "unreadable", reason: "not UTF-8" } }]);
    expect(await catalog.list("user")).toHaveLength(1);
  });

  it("says that etcd does not answer", async () => {
    await using setting = await opened();
    await setting.world.stop();
    await expect(setting.catalog.list()).rejects.toThrow(EtcdUnreachableError);
  });

  it("refuses what is no name", async () => {
    await using setting = await opened();
    await expect(setting.catalog.list("a/b")).rejects.toThrow(TypeError);
  });
});
