import { openDatabase, openNotifications } from "@banyan/postgres";
import { openRegistry } from "@banyan/registry";
import { healthProbe, readClientTls, serve } from "@banyan/rpc";
import { run, terminationSignal } from "@banyan/service";
import { InventoryService } from "@banyan/stubs-inventory";
import { OrderService } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import { openTelemetry, poolMetrics, registryMetrics } from "@banyan/telemetry";
import { changeChannel } from "./changes.ts";
import { readConfig } from "./config.ts";
import { openInventoryModule } from "./inventory/module.ts";
import { orderModule } from "./order/module.ts";
import { forward } from "./transports/forward.ts";
import { inMemoryTransport } from "./transports/in-memory.ts";
import { openStrangling } from "./transports/strangling.ts";
import { userModule } from "./user/module.ts";

await run(async () => {
  const config = readConfig(process.env);
  const migrations = new URL("../migrations/", import.meta.url);

  await using telemetry = await openTelemetry("monolith", config);
  const { log, metrics } = telemetry;
  await using database = await openDatabase(config, { log, migrations });
  await using lockingDatabase = await openDatabase(config, { log, migrations });
  await using changes = openNotifications(config, changeChannel, log);
  const tls = await readClientTls(config);
  await using registry = openRegistry(config, { log, probe: healthProbe({ tls }) });
  const lockingPool = { status: () => ({ ...lockingDatabase.status(), name: "monolith/locking" }) };
  metrics.observe(...poolMetrics(database), ...poolMetrics(lockingPool), ...registryMetrics(registry));

  await using stock = openInventoryModule({ database, changes, reservationSeconds: config.RESERVATION_SECONDS, log });
  const { INSTANCE_ZONE: zone, REGISTRY_STATE_FOLDER: stateFolder, RPC_TRANSPORT: engine } = config;
  await using strangling = openStrangling(registry, { log, metrics, zone, engine, tls, stateFolder });
  // One transport a service, for the door and for the other modules: where it leads, it leads both.
  const user = strangling.around("user", inMemoryTransport(userModule(database), { name: "user", log }));
  const inventory = strangling.around("inventory", inMemoryTransport(stock.routes, { name: "inventory", log }));
  const orders = orderModule({ database, lockingDatabase, changes, transports: { user, inventory }, log });
  const order = strangling.around("order", inMemoryTransport(orders, { name: "order", log }));

  await using server = await serve({
    ...config,
    name: "monolith",
    log,
    metrics,
    routes(router) {
      forward(router, UserService, user);
      forward(router, OrderService, order);
      forward(router, InventoryService, inventory);
    },
    healthy: () => database.ping(),
    details: () => ({ registry: registry.status() }),
  });
  await using listing = registry.announce("monolith", server);
  server.readyAfter("announcement", listing.announced);

  log.info({ address: server.address, key: listing.key }, "serving");
  log.info({ signal: await terminationSignal() }, "stopping");
});
