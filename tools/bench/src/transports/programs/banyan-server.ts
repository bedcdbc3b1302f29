import { domainErrors, serve, type ServeOptions } from "@banyan/rpc";
import { openTelemetry, serverCalls } from "@banyan/telemetry";
import { hasLink } from "../chain-links.ts";
import { connectRoutes } from "./connect-routes.ts";
import { readTask } from "./control.ts";
import { readEngine } from "./engine.ts";
import { serverTask } from "./messages.ts";
import { runServer } from "./run-server.ts";
import { telemetryConfig } from "./telemetry-config.ts";
import { tlsPair } from "./tls-pair.ts";

/** `serve()` of @banyan/rpc, with as much of the chain before the handlers as it is told. */
const { tls, chain = "traces", collector } = serverTask.parse(readTask());
await using telemetry = await openTelemetry("bench", telemetryConfig(chain, collector));
const { log, metrics } = telemetry;
using calls = serverCalls({ log, metrics });
const interceptors = hasLink(chain, "drain")
  ? undefined
  : [
      ...(hasLink(chain, "calls") ? [calls.interceptor] : []),
      ...(hasLink(chain, "errors") ? [domainErrors({ domain: "bench.banyan", log })] : []),
    ];

const options: ServeOptions = {
  name: "bench",
  HOST: "127.0.0.1",
  PORT: 0,
  RPC_TRANSPORT: readEngine(),
  log,
  metrics,
  LOG_CALLS_PER_SECOND: 100,
  routes: connectRoutes(interceptors),
  healthy: async () => undefined,
  drainTimeoutMs: 100,
  ...(!hasLink(chain, "limit") && { concurrency: false }),
};
const secureOptions = tls && { ...options, tls: tlsPair(tls) };
await using server = await serve(secureOptions ?? options);
await runServer({ address: server.address, ...(tls && { tlsAddress: server.address }) });
