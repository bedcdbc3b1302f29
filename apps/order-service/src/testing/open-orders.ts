import { randomUUIDv7 } from "node:crypto";
import { startPostgres } from "@banyan/dev";
import { openDatabase, openNotifications, type Database } from "@banyan/postgres";
import { domainErrors } from "@banyan/rpc";
import { OrderService } from "@banyan/stubs-order";
import { createLogger } from "@banyan/telemetry";
import { createClient, createRouterTransport, type Client } from "@connectrpc/connect";
import { createStock } from "../clients/stock.ts";
import { createUserDirectory } from "../clients/users.ts";
import { createOrders } from "../domain/orders.ts";
import { orderSteps } from "../domain/progress.ts";
import { orderRoutes } from "../rpc/order-routes.ts";
import { createOrderStore, orderChannel } from "../storage/order-store.ts";
import { Neighbours } from "./neighbours.ts";

/** The whole service but for its port: routes in memory, on a real database, with neighbours that can be told to fail. */
export async function openOrders(): Promise<
  AsyncDisposable & {
    readonly client: Client<typeof OrderService>;
    readonly neighbours: Neighbours;
    readonly database: Database;
  }
> {
  await using stack = new AsyncDisposableStack();
  const log = createLogger("order", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });
  const server = stack.use(await startPostgres());
  const config = { DATABASE_URL: await server.createDatabase("order_service"), DATABASE_POOL_SIZE: 10 };
  const migrations = new URL("../../migrations/", import.meta.url);
  const database = stack.use(await openDatabase(config, { log, migrations }));
  const changes = stack.use(openNotifications(config, orderChannel, log));
  const neighbours = new Neighbours();
  const orders = createOrders({
    store: createOrderStore(database, changes),
    nextStep: orderSteps(createUserDirectory(neighbours.transport), createStock(neighbours.transport)),
    newId: randomUUIDv7,
    onStuck: () => undefined,
  });
  const transport = createRouterTransport(orderRoutes(orders), {
    router: { interceptors: [domainErrors({ domain: "order.banyan", log })] },
  });
  const opened = stack.move();
  return {
    client: createClient(OrderService, transport),
    neighbours,
    database,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
