import { randomBytes } from "node:crypto";
import { type Environment, openEnvironment } from "../environment.ts";
import type { SupervisorPaths } from "../supervisor/paths.ts";
import { SetupError } from "../setup-error.ts";
import { type Addresses, callsBelow, placeFirstOrder, placeOrder } from "./first-order.ts";
import { type CallBook, createCallBook, formatHops } from "./hops.ts";
import { listInstances, untilListed } from "./instances.ts";
import { findInstalled, nextSteps } from "./next-steps.ts";
import { observeServices, whereToLook } from "./observe.ts";
import { requireFreePorts } from "./ports.ts";
import { startService } from "./service-process.ts";
import { type ServiceEntry, findServices } from "./services.ts";
import type { Steps } from "./steps.ts";
import { formatTable } from "./table.ts";

export interface PlatformOptions {
  readonly checkout: string;
  readonly paths: SupervisorPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly steps: Steps;
  /** Those of user, order and inventory among them; by default every service of the checkout, on its usual port. */
  readonly services?: readonly ServiceEntry[];
  /** Runs a Prometheus that scrapes the services, on this port where it is free; by default there is none. */
  readonly observe?: { readonly port: number } | undefined;
  /** How long a service may take to stop before it is killed, default 15. */
  readonly patienceSeconds?: number;
}

/** etcd, PostgreSQL and the services. */
export interface Platform {
  /** Brings everything up, places the first order and shows it; to be called once. */
  comeUp(): Promise<void>;
  /** Rejects with a SetupError when a part of it ends by itself. */
  readonly failure: Promise<never>;
  /** Stops the services, then etcd and PostgreSQL where nobody else uses them; resolves when all have ended. */
  stop(): Promise<void>;
}

const announceMs = 60_000; // a service's first start migrates its database
const hopsMs = 2000;
/** What a shell may have set for one service, and what must not reach all of them. */
const ofOneService = ["DATABASE_URL", "ADMIN_PORT", "INSTANCE_ID", "ADVERTISE_ADDRESS", "POD_IP", "HOST"];

export function createPlatform(options: PlatformOptions): Platform {
  const { checkout, paths, env, steps } = options;
  const environment = openEnvironment({ env, checkout, onProgress: (line) => steps.note(line) });
  const running: AsyncDisposable[] = [];
  const calls = createCallBook();
  const ending = new AbortController();
  const failure = Promise.withResolvers<never>();
  const failed = (error: unknown): void => failure.reject(error);
  void environment.lost.then((reason) => failed(new SetupError(reason)));

  const start = async ({ app, port }: ServiceEntry, variables: Record<string, string>): Promise<void> => {
    const shared = Object.fromEntries(Object.entries(env).filter(([name]) => !ofOneService.includes(name)));
    const service = await startService({
      app,
      checkout,
      env: { ...shared, BANYAN_ENV: "development", LOG_FORMAT: "json", PORT: String(port), ...variables },
      logFolder: paths.serviceLogs,
      patienceSeconds: options.patienceSeconds,
      onNotice: (line) => steps.print(line),
      onLine: ({ call }) => call && calls.add(call),
    });
    running.push(service);
    service.failure.catch(failed);
    if (ending.signal.aborted) await service[Symbol.asyncDispose](); // stop() did not see it
  };

  const observe = async (services: readonly ServiceEntry[], port: number): Promise<string[]> => {
    const starting = observeServices(services, {
      checkout,
      port,
      onProgress: (line) => steps.note(line),
      signal: ending.signal,
    });
    const prometheus = await steps.run("Prometheus", starting, ({ version, url }) => `Prometheus ${version} at ${url}`);
    running.push(prometheus);
    if (ending.signal.aborted) await prometheus[Symbol.asyncDispose](); // stop() did not see it
    void prometheus.ended.then(
      (how) => ending.signal.aborted || failed(new SetupError(`Prometheus has ended (${how})`)),
    );
    return whereToLook(prometheus);
  };

  return {
    failure: failure.promise,
    async comeUp() {
      const services = options.services ?? (await findServices(checkout));
      await requireFreePorts(services.flatMap(({ port }) => [port, port + 1000]));
      const { etcd, databases } = await reachServers(environment, services, steps);
      ending.signal.throwIfAborted();
      const sights = options.observe ? [...(await observe(services, options.observe.port)), ""] : [];

      const run = randomBytes(3).toString("hex");
      const keys = services.map(({ name }) => `/services/${name}/start-${run}`);
      for (const [index, service] of services.entries()) {
        ending.signal.throwIfAborted();
        const DATABASE_URL = databases[index] ?? "";
        await start(service, { ETCD_ENDPOINTS: etcd, DATABASE_URL, INSTANCE_ID: `start-${run}` });
      }
      const endpoint = etcd.split(",", 1)[0] ?? etcd;
      const waiting = untilListed(endpoint, keys, { timeoutMs: announceMs, signal: ending.signal });
      const listed = await steps.run("services", waiting, () => services.map(({ app }) => app).join(", "));

      steps.print("", ...(await instanceTable(endpoint)), "");
      const addressOf = (name: string): string =>
        listed[services.findIndex((service) => service.name === name)]?.address ?? "";
      const addresses = { user: addressOf("user"), order: addressOf("order"), inventory: addressOf("inventory") };
      await showFirstOrder(addresses, endpoint, calls, steps);
      steps.print("", ...sights, "Ctrl-C stops everything; the data stays until npm run reset.");
    },
    async stop() {
      ending.abort(new SetupError("stopped"));
      await Promise.all(running.map((service) => service[Symbol.asyncDispose]()));
      await environment.leave();
    },
  };
}

async function reachServers(
  environment: Environment,
  services: readonly ServiceEntry[],
  steps: Steps,
): Promise<{ readonly etcd: string; readonly databases: readonly string[] }> {
  const [etcd, databases] = await Promise.all([
    steps.run("etcd", environment.etcd(), ({ url, version }) => `etcd ${version} at ${url}`.replace("  ", " ")),
    steps.run("PostgreSQL", Promise.all(services.map(({ app }) => environment.database(app))), (reached) =>
      `PostgreSQL ${reached[0]?.version} with a database for each service`.replace("  ", " "),
    ),
  ]);
  return { etcd: etcd.url, databases: databases.map(({ url }) => url) };
}

async function instanceTable(endpoint: string): Promise<string[]> {
  const rows = (await listInstances(endpoint)).map(({ key, address, leaseSeconds }) => [
    key,
    address,
    leaseSeconds === undefined ? "for ever" : `${leaseSeconds} s`,
  ]);
  return formatTable([["instance in etcd", "address", "lease left"], ...rows]);
}

async function showFirstOrder(at: Addresses, etcdEndpoint: string, calls: CallBook, steps: Steps): Promise<void> {
  const order = await steps.run("first order", placeFirstOrder(at), ({ orderId, quantity, sku, total }) => {
    return `order ${orderId} CONFIRMED, ${quantity} × ${sku} = ${total}`;
  });
  const served = await calls.collect(order.requestId, [placeOrder, ...callsBelow], hopsMs);
  steps.print(...formatHops(served, placeOrder).map((line) => `    ${line}`), "");

  const installed = await findInstalled(["grpcurl", "etcdctl"], process.env["PATH"] ?? "");
  const commands = nextSteps({ addresses: at, etcdEndpoint, order, installed });
  steps.print("To try next, in another terminal, in this folder:");
  for (const { what, command } of commands) steps.print(`  # ${what}`, `  ${command}`);
}
