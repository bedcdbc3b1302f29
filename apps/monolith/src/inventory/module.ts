import type { Database, Notifications } from "@banyan/postgres";
import { repeat } from "@banyan/service";
import type { Logger } from "@banyan/telemetry";
import type { ConnectRouter } from "@connectrpc/connect";
import { inventoryRoutes } from "./rpc/inventory-routes.ts";
import { createItems } from "./storage/items.ts";
import { createReservations } from "./storage/reservations.ts";

export interface InventoryModuleOptions {
  readonly database: Database;
  /** Of `changeChannel`. */
  readonly changes: Notifications;
  /** How long a reservation holds its stock. */
  readonly reservationSeconds: number;
  readonly log: Logger;
}

/** Items and their stock, put together. Reservations past their time are ended once a second until it is disposed. */
export interface InventoryModule extends AsyncDisposable {
  readonly routes: (router: ConnectRouter) => void;
}

export function openInventoryModule(options: InventoryModuleOptions): InventoryModule {
  const { database, changes, reservationSeconds, log } = options;
  const reservations = createReservations(database, reservationSeconds);
  const expiry = repeat(() => reservations.expire(), {
    everyMs: 1000,
    onFailure: (error) => log.warn({ error }, "reservations could not be expired"),
  });
  return {
    routes: inventoryRoutes(createItems(database, changes), reservations),
    [Symbol.asyncDispose]: () => expiry[Symbol.asyncDispose](),
  };
}
