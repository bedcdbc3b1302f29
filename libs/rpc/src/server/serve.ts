import { setMaxListeners } from "node:events";
import { Server as HttpsServer } from "node:https";
import type { ConcurrencyLimitOptions } from "@banyan/resilience";
import { ExpectedError } from "@banyan/service";
import { Health } from "@banyan/stubs-standard/health";
import { ServerReflection } from "@banyan/stubs-standard/reflection-v1";
import { ServerReflection as ServerReflectionV1Alpha } from "@banyan/stubs-standard/reflection-v1alpha";
import { createMetrics, serverCalls, type Logger, type Metrics } from "@banyan/telemetry";
import { Code, ConnectError, type ConnectRouter, type Interceptor } from "@connectrpc/connect";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import { defaultEngine } from "../engine.ts";
import { domainErrors } from "../wire/domain-errors.ts";
import { closeAtOnce, createAdminServer } from "./admin.ts";
import { CallLimit } from "./call-limit.ts";
import { CallerPort } from "./caller-port.ts";
import { endOnDrain } from "./end-on-drain.ts";
import type { ServerConfig } from "./environment.ts";
import { health } from "./health.ts";
import { BanyanHttp2Acceptor } from "./http2/banyan-http2-acceptor.ts";
import { CallRoutes } from "./http2/call-routes.ts";
import type { OpenHttp2Acceptor } from "./http2-acceptor.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { listen } from "./listen.ts";
import { NodeHttp2Acceptor } from "./node-http2-acceptor.ts";
import { Readiness } from "./readiness.ts";
import { readinessDetails } from "./readiness-details.ts";
import { reflection } from "./reflection.ts";
import { createRequestListener } from "./request-listener.ts";
import { renewTls } from "./tls-renewal.ts";
import { checkTlsIdentity, readTlsIdentity, type TlsIdentity } from "./tls.ts";
import { createRecordingRouter, type RecordingRouter } from "./recorded-methods.ts";
import { ServingMonitor } from "./serving-monitor.ts";

export interface ServeOptions extends ServerConfig {
  /** The service's name, as in `user`; grpc.health.v1 answers for it, and its errors have the domain `user.banyan`. */
  readonly name: string;
  readonly log: Logger;
  /**
   * Adds the service to the router. Interceptors given to `router.service` itself take the place of all of those here,
   * the call log and the error table included.
   */
  readonly routes: (router: ConnectRouter) => void;
  /**
   * Resolves when the service's own means (its database) work. Asked once a second, for a second at most; while it fails,
   * grpc.health.v1 says NOT_SERVING.
   */
  readonly healthy: () => Promise<unknown>;
  /** Run inside of the call log and the error table, the first one outermost. Default none. */
  readonly interceptors?: readonly Interceptor[];
  /** What `/metrics` answers, and what calls and their limit are counted by. Default: metrics of this server alone. */
  readonly metrics?: Metrics;
  /** Lines of successful calls in the log a second; the others are counted. Default: all are written. */
  readonly LOG_CALLS_PER_SECOND?: number | undefined;
  /**
   * What `/readyz` shows under `details` for whoever operates the instance, as JSON of up to 65,536 characters; it decides
   * nothing, and when it throws, that is said in its place. Default none.
   */
  readonly details?: () => Readonly<Record<string, unknown>>;
  /** Who the server is: callers speak TLS. Default: what TLS_CERT_FILE and TLS_KEY_FILE name, or cleartext where they are not set. */
  readonly tls?: TlsIdentity;
  /** What one caller may ask for; what is not given has its default. */
  readonly limits?: Partial<Limits>;
  /**
   * How many unary calls are worked on at a time, which is found out from how long they take: the options of
   * `ConcurrencyLimit` of @banyan/resilience, but for `minLimit`, which is 64 or `maxLimit` where that is less; `false` for as
   * many as come. The rest is RESOURCE_EXHAUSTED with RetryInfo, after up to 50 ms where many come all at once.
   */
  readonly concurrency?: Partial<ConcurrencyLimitOptions> | false;
  /** How long calls in flight may go on after the drain has begun, in milliseconds. Default 10000. */
  readonly drainTimeoutMs?: number;
}

/** A server that takes calls until it is disposed. */
export interface Server extends AsyncDisposable {
  /** `host:port`: the host as it was configured, the port as it was bound. */
  readonly address: string;
  readonly port: number;
  readonly adminPort: number;
  /** Aborted, with UNAVAILABLE as the reason, when the drain begins. */
  readonly drainSignal: AbortSignal;
  /**
   * Calls `listener` at once with whether grpc.health.v1 says SERVING, and again after each change.
   *
   * @returns a function that ends it
   */
  watchServing(listener: (serving: boolean) => void): () => void;
  /** Says NOT_SERVING from now on, for good, and goes on taking calls. */
  stopServing(): void;
  /** Keeps `/readyz` at 503 until `done` has resolved once; when it rejects, for good. */
  readyAfter(what: string, done: Promise<unknown>): void;
}

/**
 * Serves on one port: gRPC, gRPC-Web and Connect over HTTP/2 (with prior knowledge, or by ALPN where `tls` is given), gRPC-Web
 * and Connect over HTTP/1.1, with grpc.health.v1 and server reflection beside the routes. A private port has `/healthz`,
 * `/readyz` and `/metrics`.
 *
 * Disposing drains: NOT_SERVING, streams are ended with UNAVAILABLE, connections are told to go, calls in flight are
 * finished for `drainTimeoutMs` at most, then the private port is closed.
 *
 * @returns once both ports listen and health was asked for the first time; a service that is not healthy starts as well
 * @throws {ExpectedError} when a port is taken or cannot be used, or the certificate and its key cannot
 */
export async function serve(options: ServeOptions): Promise<Server> {
  const { name, log, drainTimeoutMs = 10_000, metrics = createMetrics({ service: name, log }) } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const tls = options.tls === undefined ? await readTlsIdentity(options) : checkTlsIdentity(options.tls);
  const engine = options.RPC_TRANSPORT ?? defaultEngine;
  const host = options.HOST ?? (options.BANYAN_ENV === "development" ? "localhost" : undefined);
  const drain = new AbortController();
  setMaxListeners(0, drain.signal);
  const monitor = new ServingMonitor({ healthy: options.healthy, log });
  const readiness = new Readiness(monitor, log);
  const callLimit = options.concurrency === false ? undefined : new CallLimit(options.concurrency);
  const calls = serverCalls({ log, metrics, successLinesPerSecond: options.LOG_CALLS_PER_SECOND });
  const unobserve = metrics.observe(...(callLimit?.families ?? []));
  const { handlers, methods } = handlersOf(options, {
    limits,
    monitor,
    calls: calls.interceptor,
    callLimit,
    drain: drain.signal,
  });
  const onUnknown = (): void => metrics.serverCalls.of("grpc", "_OTHER").refused("UNIMPLEMENTED");
  const listener = createRequestListener(handlers, log, onUnknown);
  const openHttp2: OpenHttp2Acceptor =
    engine === "http2"
      ? (onIdle) =>
          new BanyanHttp2Acceptor({ routes: new CallRoutes(handlers, methods), limits, log, onUnknown, onIdle })
      : (onIdle) => new NodeHttp2Acceptor(listener, limits, onIdle);
  const port = new CallerPort({ listener, openHttp2, limits, tls });
  const details = readinessDetails(options.details, log);
  const admin = createAdminServer({ readiness, details, metrics: () => metrics.text(), log });

  await using opened = new AsyncDisposableStack();
  opened.use(calls);
  if (port.server instanceof HttpsServer && tls !== undefined && options.tls === undefined) {
    opened.use(renewTls(port.server, { config: options, identity: tls, log }));
  }
  opened.defer(unobserve);
  opened.defer(() => callLimit?.[Symbol.dispose]());
  opened.defer(() => closeAtOnce(admin));
  opened.defer(async () => {
    monitor.stop();
    drain.abort(new ConnectError("server is draining", Code.Unavailable));
    const cutOff = await port.drain(drainTimeoutMs);
    if (cutOff > 0) log.warn({ calls: cutOff, drainTimeoutMs }, "calls cut off");
  });
  const { address, port: bound } = await listen(port.server, { host, port: options.PORT, variable: "PORT" });
  const adminAt = await listen(admin, { host, port: adminPortOf(options), variable: "ADMIN_PORT" });
  await monitor.start();

  const open = opened.move();
  return {
    address,
    port: bound,
    adminPort: adminAt.port,
    drainSignal: drain.signal,
    watchServing: (listener) => monitor.watchServing(listener),
    stopServing: () => monitor.stop(),
    readyAfter: (what, done) => readiness.waitFor(what, done),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** What the handlers need of the server that they are in. */
interface ServerParts {
  readonly limits: Limits;
  readonly monitor: ServingMonitor;
  /** The context, the log and the metrics of calls. */
  readonly calls: Interceptor;
  readonly callLimit: CallLimit | undefined;
  readonly drain: AbortSignal;
}

function handlersOf(
  { name, log, routes, interceptors = [] }: ServeOptions,
  { limits, monitor, calls, callLimit, drain }: ServerParts,
): { readonly handlers: ConnectRouter["handlers"]; readonly methods: RecordingRouter["methods"] } {
  const visibleErrors = domainErrors({ domain: `${name}.banyan`, log });
  const ending = endOnDrain(drain, log);
  const { router, methods } = createRecordingRouter({
    acceptCompression: [compressionGzip, compressionBrotli],
    readMaxBytes: limits.maxMessageBytes,
    maxTimeoutMs: limits.maxTimeoutMs,
    interceptors: [calls, visibleErrors, ...(callLimit ? [callLimit.interceptor] : []), ending, ...interceptors],
  });
  routes(router);

  const services = [...new Set(router.handlers.map(({ service }) => service))];
  const withoutCallLog = { interceptors: [visibleErrors, ending] };
  const { v1, v1alpha } = reflection([...services, Health, ServerReflection, ServerReflectionV1Alpha]);
  router
    .service(
      Health,
      health(monitor, { names: [name, ...services.map(({ typeName }) => typeName)], startedAt: new Date() }),
      withoutCallLog,
    )
    .service(ServerReflection, v1, withoutCallLog)
    .service(ServerReflectionV1Alpha, v1alpha, withoutCallLog);
  return { handlers: router.handlers, methods };
}

function adminPortOf({ PORT, ADMIN_PORT }: ServerConfig): number {
  if (ADMIN_PORT !== undefined) return ADMIN_PORT;
  if (PORT > 64_535) throw new ExpectedError(`PORT: ${PORT} leaves no room for PORT + 1000: set ADMIN_PORT`);
  return PORT === 0 ? 0 : PORT + 1000;
}
