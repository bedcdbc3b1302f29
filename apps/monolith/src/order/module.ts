import type { Database, Notifications } from "@banyan/postgres";
import type { Logger } from "@banyan/telemetry";
import type { ConnectRouter, Transport } from "@connectrpc/connect";
import { createNeighbours } from "./clients/neighbours.ts";
import { orderRoutes } from "./rpc/order-routes.ts";
import { createOrders } from "./storage/orders.ts";

export interface OrderModuleOptions {
  readonly database: Database;
  /** The same database through a pool of its own, for transactions that wait for other modules. */
  readonly lockingDatabase: Database;
  /** Of `changeChannel`. */
  readonly changes: Notifications;
  /** To the other modules: the ones that the door forwards through. */
  readonly transports: { readonly user: Transport; readonly inventory: Transport };
  readonly log: Logger;
}

/** Orders, put together. */
export function orderModule(options: OrderModuleOptions): (router: ConnectRouter) => void {
  const { transports, log, ...storage } = options;
  const orders = createOrders({
    ...storage,
    neighbours: createNeighbours(transports),
    onStuck: (orderId, failure) => log.warn({ orderId, error: failure.message }, "order is stuck"),
  });
  return orderRoutes(orders);
}
