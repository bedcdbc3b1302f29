import { startPostgres } from "@banyan/dev";
import { openDatabase, openNotifications, type Database } from "@banyan/postgres";
import { domainErrors } from "@banyan/rpc";
import { InventoryService } from "@banyan/stubs-inventory";
import { createLogger } from "@banyan/telemetry";
import { createClient, createRouterTransport, type Client } from "@connectrpc/connect";
import { createInventory, type Inventory } from "../domain/inventory.ts";
import { inventoryRoutes } from "../rpc/inventory-routes.ts";
import { createInventoryStore, stockChannel } from "../storage/inventory-store.ts";

/** The whole service but for its port and its timer: routes in memory, on a real database. */
export async function openInventory(reservationSeconds: number): Promise<
  AsyncDisposable & {
    readonly client: Client<typeof InventoryService>;
    readonly inventory: Inventory;
    readonly database: Database;
  }
> {
  await using stack = new AsyncDisposableStack();
  const log = createLogger("inventory", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });
  const server = stack.use(await startPostgres());
  const config = { DATABASE_URL: await server.createDatabase("inventory_service"), DATABASE_POOL_SIZE: 10 };
  const migrations = new URL("../../migrations/", import.meta.url);
  const database = stack.use(await openDatabase(config, { log, migrations }));
  const changes = stack.use(openNotifications(config, stockChannel, log));
  const inventory = createInventory({ store: createInventoryStore(database, { changes, reservationSeconds }) });
  const transport = createRouterTransport(inventoryRoutes(inventory), {
    router: { interceptors: [domainErrors({ domain: "inventory.banyan", log })] },
  });
  const opened = stack.move();
  return {
    client: createClient(InventoryService, transport),
    inventory,
    database,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
