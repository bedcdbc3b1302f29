import { openRegistry } from "@banyan/registry";
import { serve } from "@banyan/rpc";
import { run, terminationSignal } from "@banyan/service";
import { createLogger } from "@banyan/telemetry";
import { calleeRoutes } from "../callee/routes.ts";
import { readyLine, type ServicePlan } from "./service-plan.ts";

/** Announces the instances of its plan, each by a registry of its own, until SIGTERM. */
await run(async () => {
  const plan: ServicePlan = JSON.parse(process.argv[2] ?? "");
  const print = (fields: object, message: string): void => {
    process.stdout.write(`${message} ${JSON.stringify(fields)}\n`);
  };
  const log = { info: () => undefined, debug: () => undefined, warn: print };

  await using registries = new AsyncDisposableStack();
  await using _server = await serve({
    name: plan.service,
    HOST: "127.0.0.1",
    PORT: plan.port,
    ADMIN_PORT: 0,
    log: createLogger(plan.service, { LOG_LEVEL: "warn", LOG_FORMAT: "json" }),
    routes: calleeRoutes(async () => undefined),
    healthy: async () => undefined,
  });
  const announcements = plan.instances.map(({ id, address }) => {
    const registry = openRegistry(
      { ETCD_ENDPOINTS: [...plan.endpoints], INSTANCE_ID: id, BANYAN_ENV: "development" },
      { log },
    );
    registries.use(registry);
    return registry.announce(plan.service, { address }, { ttlSeconds: plan.ttlSeconds });
  });
  await Promise.all(announcements.map(({ announced }) => announced));
  process.stdout.write(`${readyLine}\n`);
  await terminationSignal();
  await Promise.all(announcements.map((announcement) => announcement[Symbol.asyncDispose]()));
});
