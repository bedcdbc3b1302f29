import { randomUUIDv7 } from "node:crypto";
import { openDatabase, openNotifications } from "@banyan/postgres";
import { openRegistry } from "@banyan/registry";
import { balancedTransport, healthProbe, readClientTls, serve } from "@banyan/rpc";
import { run, terminationSignal } from "@banyan/service";
import { openTelemetry, poolMetrics, registryMetrics } from "@banyan/telemetry";
import { createStock } from "./clients/stock.ts";
import { createUserDirectory } from "./clients/users.ts";
import { readConfig } from "./config.ts";
import { createOrders } from "./domain/orders.ts";
import { orderSteps } from "./domain/progress.ts";
import { countedOrders, observeUnfinished } from "./metrics.ts";
import { orderRoutes } from "./rpc/order-routes.ts";
import { createOrderStore, orderChannel } from "./storage/order-store.ts";
import { readUnfinishedOrders } from "./storage/unfinished-orders.ts";

await run(async () => {
  const config = readConfig(process.env);
  const migrations = new URL("../migrations/", import.meta.url);

  await using telemetry = await openTelemetry("order", config);
  const { log, metrics } = telemetry;
  await using database = await openDatabase(config, { log, migrations });
  await using changes = openNotifications(config, orderChannel, log);
  const tls = await readClientTls(config);
  await using registry = openRegistry(config, { log, probe: healthProbe({ tls }) });
  metrics.observe(...poolMetrics(database), ...registryMetrics(registry));
  using _unfinished = observeUnfinished(() => readUnfinishedOrders(database), { metrics });
  const calling = (name: string) => {
    const { INSTANCE_ZONE: zone, RPC_TRANSPORT: engine } = config;
    return { name, config: registry.watchConfig(name), zone, engine, tls, log, metrics };
  };
  await using users = balancedTransport(registry.watch("user"), { ...calling("user"), deadlineMs: 1000 });
  await using inventory = balancedTransport(registry.watch("inventory"), { ...calling("inventory"), deadlineMs: 2000 });

  const orders = createOrders({
    store: countedOrders(createOrderStore(database, changes), metrics),
    nextStep: orderSteps(createUserDirectory(users), createStock(inventory)),
    newId: randomUUIDv7,
    onStuck: ({ id, status }, failure) => log.warn({ orderId: id, status, error: failure.message }, "order is stuck"),
  });

  await using server = await serve({
    ...config,
    name: "order",
    log,
    metrics,
    routes: orderRoutes(orders),
    healthy: () => database.ping(),
    details: () => ({ registry: registry.status() }),
  });
  await using listing = registry.announce("order", server);
  server.readyAfter("announcement", listing.announced);

  log.info({ address: server.address, key: listing.key }, "serving");
  log.info({ signal: await terminationSignal() }, "stopping");
});
