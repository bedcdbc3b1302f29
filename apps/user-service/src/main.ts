import { randomUUIDv7 } from "node:crypto";
import { openDatabase } from "@banyan/postgres";
import { openRegistry } from "@banyan/registry";
import { serve } from "@banyan/rpc";
import { run, terminationSignal } from "@banyan/service";
import { openTelemetry, poolMetrics, registryMetrics } from "@banyan/telemetry";
import { readConfig } from "./config.ts";
import { createUsers } from "./domain/users.ts";
import { userRoutes } from "./rpc/user-routes.ts";
import { hashPassword } from "./storage/password-hash.ts";
import { createUserStore } from "./storage/user-store.ts";

await run(async () => {
  const config = readConfig(process.env);
  const migrations = new URL("../migrations/", import.meta.url);

  await using telemetry = await openTelemetry("user", config);
  const { log, metrics } = telemetry;
  await using database = await openDatabase(config, { log, migrations });
  await using registry = openRegistry(config, { log });
  metrics.observe(...poolMetrics(database), ...registryMetrics(registry));

  const users = createUsers({ store: createUserStore(database), hashPassword, newId: randomUUIDv7 });

  await using server = await serve({
    ...config,
    name: "user",
    log,
    metrics,
    routes: userRoutes(users),
    healthy: () => database.ping(),
    details: () => ({ registry: registry.status() }),
  });
  await using listing = registry.announce("user", server);
  server.readyAfter("announcement", listing.announced);

  log.info({ address: server.address, key: listing.key }, "serving");
  log.info({ signal: await terminationSignal() }, "stopping");
});
