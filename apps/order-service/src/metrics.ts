import { setTimeout as sleep } from "node:timers/promises";
import type { Family, Metrics, Sample } from "@banyan/telemetry";
import type { OrderStatus } from "./domain/order.ts";
import type { OrderStore } from "./domain/orders.ts";
import type { UnfinishedOrders } from "./storage/unfinished-orders.ts";

const states: Readonly<Record<OrderStatus["state"], true>> = {
  PENDING: true,
  CONFIRMED: true,
  REJECTED: true,
  CANCELLING: true,
  CANCELLED: true,
};

/**
 * A store that counts the orders by the state that they reach, as `banyan_orders_total`. A step that two instances take at
 * the same moment may be counted by both.
 */
export function countedOrders(store: OrderStore, metrics: Pick<Metrics, "counter">): OrderStore {
  const reached = metrics.counter("banyan_orders_total", "Orders that have reached a state.", ["state"]);
  for (const state of Object.keys(states)) reached.zero(state);
  return {
    ...store,
    async insert(order) {
      const inserted = await store.insert(order);
      if (inserted.id === order.id) reached.add(inserted.status.state);
      return inserted;
    },
    async advance(order, next) {
      const advanced = await store.advance(order, next);
      if (order.status.state !== next.status.state && advanced.version === order.version + 1n) {
        reached.add(advanced.status.state);
      }
      return advanced;
    },
  };
}

export interface UnfinishedOptions {
  readonly metrics: Pick<Metrics, "observe">;
  /** How often the orders are counted, in milliseconds, default 15000. */
  readonly everyMs?: number;
}

/**
 * Tells of the orders that wait for their next step, as `banyan_orders_unfinished` and
 * `banyan_orders_unfinished_oldest_age_seconds`, until it is disposed.
 *
 * Every instance tells of all orders of the service, so of several instances the maximum is what there is. They are counted
 * now and then, and not at each scrape: that is to answer while the database does not. Then these two are left out.
 */
export function observeUnfinished(
  read: () => Promise<readonly UnfinishedOrders[]>,
  { metrics, everyMs = 15_000 }: UnfinishedOptions,
): Disposable {
  let counted: { readonly unfinished: readonly UnfinishedOrders[] } | { readonly failure: unknown } = {
    unfinished: [],
  };
  const ending = new AbortController();
  const count = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      counted = await read().then(
        (unfinished) => ({ unfinished }),
        (failure: unknown) => ({ failure }),
      );
      await sleep(everyMs, undefined, { signal: ending.signal, ref: false }).catch(() => undefined); // it was disposed
    }
  };
  const family = (name: string, help: string, valueOf: (orders: UnfinishedOrders) => number): Family => ({
    name,
    help,
    type: "gauge",
    labels: ["state"],
    read(): readonly Sample[] {
      if ("failure" in counted) throw counted.failure;
      return counted.unfinished.map((orders) => ({ labels: { state: orders.state }, value: valueOf(orders) }));
    },
  });
  const end = metrics.observe(
    family("banyan_orders_unfinished", "Orders that wait for their next step.", ({ orders }) => orders),
    family(
      "banyan_orders_unfinished_oldest_age_seconds",
      "For how long the order that has waited longest has not moved.",
      ({ oldestSeconds }) => oldestSeconds,
    ),
  );
  void count();
  return {
    [Symbol.dispose]() {
      ending.abort();
      end();
    },
  };
}
