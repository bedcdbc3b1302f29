import { startPostgres } from "@banyan/dev";
import { openDatabase, openNotifications, type Database } from "@banyan/postgres";
import { InventoryService } from "@banyan/stubs-inventory";
import { OrderService } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import { createLogger } from "@banyan/telemetry";
import { createClient, type Client, type Transport } from "@connectrpc/connect";
import { changeChannel } from "../changes.ts";
import { openInventoryModule } from "../inventory/module.ts";
import { orderModule } from "../order/module.ts";
import { inMemoryTransport } from "../transports/in-memory.ts";
import { userModule } from "../user/module.ts";

export interface Monolith extends AsyncDisposable {
  readonly users: Client<typeof UserService>;
  readonly inventory: Client<typeof InventoryService>;
  readonly orders: Client<typeof OrderService>;
  readonly database: Database;
}

export interface MonolithOptions {
  /** Puts something into the way of the order module to another one; default nothing. */
  readonly between?: (transport: Transport, name: "user" | "inventory") => Transport;
  /** Of each of the two pools. Default 10. */
  readonly poolSize?: number;
  /** Default 900. */
  readonly reservationSeconds?: number;
}

/** The three modules on a real database, without the door. */
export async function openMonolith(options: MonolithOptions = {}): Promise<Monolith> {
  const { between = (transport) => transport, poolSize = 10, reservationSeconds = 900 } = options;
  await using opening = new AsyncDisposableStack();
  const log = createLogger("monolith", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });
  const server = opening.use(await startPostgres());
  const config = { DATABASE_URL: await server.createDatabase("monolith"), DATABASE_POOL_SIZE: poolSize };
  const migrations = new URL("../../migrations/", import.meta.url);
  const database = opening.use(await openDatabase(config, { log, migrations }));
  const lockingDatabase = opening.use(await openDatabase(config, { log, migrations }));
  const changes = opening.use(openNotifications(config, changeChannel, log));

  const stock = opening.use(openInventoryModule({ database, changes, reservationSeconds, log }));
  const user = inMemoryTransport(userModule(database), { name: "user", log });
  const inventory = inMemoryTransport(stock.routes, { name: "inventory", log });
  const transports = { user: between(user, "user"), inventory: between(inventory, "inventory") };
  const order = inMemoryTransport(orderModule({ database, lockingDatabase, changes, transports, log }), {
    name: "order",
    log,
  });
  const opened = opening.move();
  return {
    users: createClient(UserService, user),
    inventory: createClient(InventoryService, inventory),
    orders: createClient(OrderService, order),
    database,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
