import { setTimeout as sleep } from "node:timers/promises";
import { context, trace } from "@opentelemetry/api";
import { callContextManager } from "../call-context.ts";
import { defaultTimeoutMs, tracesUrl, type TraceConfig } from "./environment.ts";
import { setTraceSampling } from "./sampling.ts";

export interface TracesOptions {
  /** The service's name, as in `user`. */
  readonly service: string;
  readonly version?: string | undefined;
  readonly instance?: string | undefined;
  /** Told when the collector does not take traces, and when it does again. */
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/**
 * Records traces and sends them to the collector that the configuration names; disposing sends the last ones, for
 * `OTEL_EXPORTER_OTLP_TIMEOUT` (3 s) at most. Where it names none, nothing of OpenTelemetry's SDK is loaded.
 *
 * Once in the life of a process: it is registered with OpenTelemetry's API, and the tracers that libraries keep stay with
 * the first one.
 *
 * @throws {Error} when the process records traces already
 */
export async function openTraces(config: TraceConfig, options: TracesOptions): Promise<AsyncDisposable> {
  const url = tracesUrl(config);
  if (url === undefined) return { [Symbol.asyncDispose]: async () => {} };
  const { createTracerProvider } = await import("./tracer-provider.ts");
  const { provider, sampling } = createTracerProvider(url, config, options);
  if (!trace.setGlobalTracerProvider(provider)) throw new Error("the process records traces already");
  context.setGlobalContextManager(callContextManager);
  setTraceSampling(sampling);
  options.log.info({ collector: url }, "traces are recorded");
  return {
    async [Symbol.asyncDispose]() {
      setTraceSampling(undefined);
      trace.disable();
      context.disable();
      const { OTEL_EXPORTER_OTLP_TIMEOUT: boundMs = defaultTimeoutMs } = config;
      const failure = await Promise.race([
        provider.shutdown().then(
          () => undefined,
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        ),
        sleep(boundMs, `no answer within ${boundMs} ms`, { ref: false }),
      ]);
      if (failure !== undefined) options.log.warn({ reason: failure }, "last traces are lost");
    },
  };
}
