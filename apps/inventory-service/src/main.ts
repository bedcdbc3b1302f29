import { openDatabase, openNotifications } from "@banyan/postgres";
import { openRegistry } from "@banyan/registry";
import { serve } from "@banyan/rpc";
import { repeat, run, terminationSignal } from "@banyan/service";
import { openTelemetry, poolMetrics, registryMetrics } from "@banyan/telemetry";
import { readConfig } from "./config.ts";
import { createInventory } from "./domain/inventory.ts";
import { inventoryRoutes } from "./rpc/inventory-routes.ts";
import { createInventoryStore, stockChannel } from "./storage/inventory-store.ts";

await run(async () => {
  const config = readConfig(process.env);
  const migrations = new URL("../migrations/", import.meta.url);

  await using telemetry = await openTelemetry("inventory", config);
  const { log, metrics } = telemetry;
  await using database = await openDatabase(config, { log, migrations });
  await using changes = openNotifications(config, stockChannel, log);
  await using registry = openRegistry(config, { log });
  metrics.observe(...poolMetrics(database), ...registryMetrics(registry));

  const store = createInventoryStore(database, { changes, reservationSeconds: config.RESERVATION_SECONDS });
  const inventory = createInventory({ store });

  await using _expiry = repeat(() => inventory.expireReservations(), {
    everyMs: 1000,
    onFailure: (error) => log.warn({ error }, "reservations could not be expired"),
  });
  await using server = await serve({
    ...config,
    name: "inventory",
    log,
    metrics,
    routes: inventoryRoutes(inventory),
    healthy: () => database.ping(),
    details: () => ({ registry: registry.status() }),
  });
  await using listing = registry.announce("inventory", server);
  server.readyAfter("announcement", listing.announced);

  log.info({ address: server.address, key: listing.key }, "serving");
  log.info({ signal: await terminationSignal() }, "stopping");
});
