import { OrderState } from "@banyan/stubs-order";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openClients, type Clients } from "./clients/clients.ts";
import { startOrderLoad, type OrderLoad } from "./clients/order-load.ts";
import { availableOf, createSomeUser, stockItem } from "./contracts/samples.ts";
import { eventually } from "./platform/eventually.ts";
import { startPlatform, type Instance, type Platform } from "./platform/platform.ts";

const stock = 100_000;

describe("two instances of the inventory service", () => {
  const opened = new AsyncDisposableStack();
  let platform: Platform;
  let instances: readonly [Instance, Instance];
  let clients: Clients;
  let load: OrderLoad;
  let sku: string;

  /** A lease of 5 s, so that a test does not wait longer than it has to for one to run out. */
  const startInventory = () => platform.start("inventory", { environment: { LEASE_TTL_SECONDS: "5" } });
  const listed = async () => (await platform.registry.list("/services/inventory/")).map(({ value }) => value);

  /** Waits until an instance has worked on calls that came after those it has logged by now. */
  const untilCalled = async (instance: Instance): Promise<void> => {
    const count = async () => (await instance.log()).filter(({ msg }) => msg === "call").length;
    const before = await count();
    await eventually(async () => expect(await count()).toBeGreaterThan(before));
  };

  beforeAll(async () => {
    platform = opened.use(await startPlatform());
    const [user, order, ...inventories] = await Promise.all([
      platform.start("user"),
      platform.start("order"),
      startInventory(),
      startInventory(),
    ]);
    instances = inventories;
    const addresses = { user: user.listening, order: order.listening, inventory: instances[0].listening };
    clients = opened.use(openClients(addresses));
  });

  afterAll(() => opened.disposeAsync());

  /** Places orders while `work` is done, and expects of all of them that they are confirmed, whatever it did. */
  async function underLoad(work: () => Promise<void>): Promise<void> {
    sku = await stockItem(clients.inventory, { available: stock });
    const userId = await createSomeUser(clients.users);
    await using started = startOrderLoad(clients.orders, { userId, sku });
    load = started;
    await work();
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(new Set(load.settled.map(({ state }) => state))).toEqual(new Set([OrderState.CONFIRMED]));
  }

  it("get calls in turns", async () => {
    await underLoad(async () => {
      await Promise.all(instances.map(untilCalled));
    });
    expect(load.pending).toEqual([]);
  });

  it("can be restarted one after the other without a call that fails or stays open", async () => {
    await underLoad(async () => {
      await load.settle(20);
      expect(await instances[1].stop()).toEqual({ code: 0, signal: null });
      await load.settle(20);
      instances = [instances[0], await startInventory()];
      await untilCalled(instances[1]);
    });
    expect(load.pending).toEqual([]);
  });

  it("are less than two after one was frozen, and two again after it thawed, and orders go on", async () => {
    const [, frozen] = instances;
    await underLoad(async () => {
      await load.settle(20);
      frozen.signal("SIGSTOP");
      await eventually(async () => expect(await listed()).not.toContain(frozen.listening), 15_000);
      await load.settle(20);
      frozen.signal("SIGCONT");
      await eventually(async () => expect(await listed()).toContain(frozen.listening), 15_000);
      await untilCalled(frozen);
    });
    expect(await availableOf(clients.inventory, sku)).toBe(stock - load.settled.length);
  });

  it("are one after the other was killed, and orders go on", async () => {
    const [survivor, victim] = instances;
    await underLoad(async () => {
      await load.settle(20);
      await victim.stop("SIGKILL");
      expect((await listed()).toSorted()).toEqual([survivor.listening, victim.listening].toSorted());
      await load.settle(20);
      await eventually(async () => expect(await listed()).toEqual([survivor.listening]), 15_000);
      await load.settle(20);
    });
    // of the four callers, those whose call the victim had: calls that it never got go to the other one
    expect(load.pending.length).toBeLessThanOrEqual(4);
    expect(await availableOf(clients.inventory, sku)).toBe(stock - load.settled.length);
  });
});
