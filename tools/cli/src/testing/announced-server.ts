import { openRegistry } from "@banyan/registry";
import { serve } from "@banyan/rpc";
import { createLogger } from "@banyan/telemetry";

export interface AnnouncedServer extends AsyncDisposable {
  readonly address: string;
  /** Makes it healthy, or not; it notices within a second. */
  become(healthy: boolean): void;
}

const log = createLogger("cli", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });

/** A real server without services of its own, announced in a real etcd as `id` of `service`. */
export async function announcedServer(endpoint: string, service: string, id: string): Promise<AnnouncedServer> {
  let isHealthy = true;
  await using opened = new AsyncDisposableStack();
  const config = { ETCD_ENDPOINTS: [endpoint], INSTANCE_ID: id, BANYAN_ENV: "development" } as const;
  const registry = opened.use(openRegistry(config, { log }));
  const healthy = async (): Promise<void> => {
    if (!isHealthy) throw new Error("no database");
  };
  const server = opened.use(
    await serve({ name: service, HOST: "127.0.0.1", PORT: 0, log, routes: () => undefined, healthy }),
  );
  await opened.use(registry.announce(service, server)).announced;
  const open = opened.move();
  return {
    address: server.address,
    become: (next) => void (isHealthy = next),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
