import { openRegistry } from "@banyan/registry";
import { serve } from "@banyan/rpc";
import { run, terminationSignal } from "@banyan/service";
import { createLogger } from "@banyan/telemetry";
import { service } from "../fleet/fleet.ts";
import { calleePlan } from "./callee-plan.ts";
import { calleeRoutes } from "./routes.ts";
import { openSettingsPort } from "./settings-port.ts";
import { Work } from "./work.ts";

/** Serves and is announced as its plan says, until SIGTERM. */
await run(async () => {
  const {
    endpoints,
    id,
    port,
    advertised,
    ttlSeconds,
    work: settings,
  } = calleePlan.parse(JSON.parse(process.argv[2] ?? ""));
  const log = createLogger(id, { LOG_LEVEL: "warn", LOG_FORMAT: "json" });
  const work = new Work(settings);
  const announce = { INSTANCE_ID: id, ADVERTISE_ADDRESS: advertised, LEASE_TTL_SECONDS: ttlSeconds };

  await using registry = openRegistry({ ETCD_ENDPOINTS: endpoints, BANYAN_ENV: "development", ...announce }, { log });
  await using settingsPort = await openSettingsPort((changed) => work.set(changed));
  await using server = await serve({
    name: service,
    HOST: "127.0.0.1",
    PORT: port,
    ADMIN_PORT: 0,
    log,
    routes: calleeRoutes((signal) => work.perform(signal)),
    healthy: async () => undefined,
  });
  await using listing = registry.announce(service, server);
  await listing.announced;
  process.stdout.write(`${JSON.stringify({ settingsUrl: settingsPort.url })}\n`);
  await terminationSignal();
});
