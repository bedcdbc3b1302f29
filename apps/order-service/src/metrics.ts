import type { Metrics } from "@banyan/telemetry";
import type { OrderStore } from "./domain/orders.ts";

/**
 * A store that counts the orders by the state that they reach, as `banyan_orders_total`. A step that two instances take at
 * the same moment may be counted by both.
 */
export function countedOrders(store: OrderStore, metrics: Pick<Metrics, "counter">): OrderStore {
  const reached = metrics.counter("banyan_orders_total", "Orders that have reached a state.", ["state"]);
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
