import { createMetrics } from "@banyan/telemetry";
import { describe, expect, it, vi } from "vitest";
import type { Order } from "./domain/order.ts";
import type { OrderStore } from "./domain/orders.ts";
import { countedOrders, observeUnfinished } from "./metrics.ts";
import type { UnfinishedOrders } from "./storage/unfinished-orders.ts";

const pending: Order = {
  id: "1",
  userId: "ada",
  idempotencyKey: "k",
  status: { state: "PENDING", step: "CHECK_USER" },
  lines: [],
  placedAt: new Date(0),
  version: 1n,
};

const refused = (): never => {
  throw new Error("not asked for here");
};

/** A store that answers as it is told, counted. @returns what was counted, line by line */
function openCounted(answers: Partial<OrderStore>) {
  const metrics = createMetrics({ service: "order" });
  const store = { find: refused, insert: refused, list: refused, advance: refused, follow: refused, ...answers };
  const counted = async (): Promise<readonly string[]> =>
    (await metrics.text()).split("\n").filter((line) => /^banyan_orders_total.* [^0]/.test(line));
  return { orders: countedOrders(store, metrics), counted };
}

describe("countedOrders", () => {
  it("counts an order that is placed, and not one that was there", async () => {
    const { orders, counted } = openCounted({ insert: async () => pending });
    const wanted = { userId: "ada", idempotencyKey: "k", lines: [] };
    await orders.insert({ ...wanted, id: "1" });
    await orders.insert({ ...wanted, id: "2" });
    expect(await counted()).toEqual(['banyan_orders_total{state="PENDING"} 1']);
  });

  it("counts a state that is reached, and no step on the way there, nor one that somebody else has taken", async () => {
    const confirmed: Order = { ...pending, status: { state: "CONFIRMED" }, version: 2n };
    const answers = [confirmed, { ...pending, version: 2n }, { ...confirmed, version: 3n }];
    const { orders, counted } = openCounted({ advance: async () => answers.shift() ?? pending });
    await orders.advance(pending, { status: { state: "CONFIRMED" } });
    await orders.advance(pending, { status: { state: "PENDING", step: "RESERVE" } });
    await orders.advance(pending, { status: { state: "CONFIRMED" } });
    expect(await counted()).toEqual(['banyan_orders_total{state="CONFIRMED"} 1']);
  });
});

describe("observeUnfinished", () => {
  const waiting: readonly UnfinishedOrders[] = [
    { state: "PENDING", orders: 2, oldestSeconds: 61.5 },
    { state: "CANCELLING", orders: 0, oldestSeconds: 0 },
  ];

  it("tells what was counted last, and nothing while it cannot be counted", async () => {
    const metrics = createMetrics({ service: "order" });
    const answers = [async () => waiting, () => Promise.reject(new Error("no database"))];
    const read = vi.fn(async () => (answers.shift() ?? refused)());
    const told = async () => (await metrics.text()).split("\n").filter((line) => line.startsWith("banyan_orders_un"));
    using _observed = observeUnfinished(read, { metrics, everyMs: 100 });
    await vi.waitFor(async () =>
      expect(await told()).toEqual([
        'banyan_orders_unfinished{state="PENDING"} 2',
        'banyan_orders_unfinished{state="CANCELLING"} 0',
        'banyan_orders_unfinished_oldest_age_seconds{state="PENDING"} 61.5',
        'banyan_orders_unfinished_oldest_age_seconds{state="CANCELLING"} 0',
      ]),
    );
    await vi.waitFor(async () => expect(await told()).toEqual([]));
  });

  it("counts no more, and tells nothing, once it is disposed", async () => {
    const metrics = createMetrics({ service: "order" });
    const read = vi.fn(async () => waiting);
    observeUnfinished(read, { metrics, everyMs: 1 })[Symbol.dispose]();
    await vi.waitFor(() => expect(read).toHaveBeenCalled());
    const asked = read.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(read).toHaveBeenCalledTimes(asked);
    expect(await metrics.text()).not.toContain("banyan_orders_unfinished{");
  });
});
