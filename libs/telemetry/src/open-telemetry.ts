import { createLogger, logEnvironment, type LogConfig, type Logger } from "./logger.ts";
import { createMetrics, type Metrics } from "./metrics/metrics.ts";
import { traceEnvironment, type TraceConfig } from "./tracing/environment.ts";
import { openTraces } from "./tracing/open-traces.ts";

/** Every variable that `openTelemetry` reads, as a shape for the service's environment. */
export const telemetryEnvironment = { ...logEnvironment, ...traceEnvironment };

export interface TelemetryConfig extends LogConfig, TraceConfig {
  /** As in `1.4.0`: told with metrics and traces. */
  readonly INSTANCE_VERSION?: string | undefined;
}

/** The logs, the metrics and the traces of a process. Disposing sends the last traces, for 3 s at most by default. */
export interface Telemetry extends AsyncDisposable {
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * Opens the logs, the metrics and the traces of one service: the first thing that its main does, and the last one that it
 * closes. Traces are recorded only where `OTEL_EXPORTER_OTLP_ENDPOINT` is set.
 *
 * @param service the service's name, as in `user`
 */
export async function openTelemetry(service: string, config: TelemetryConfig): Promise<Telemetry> {
  const log = createLogger(service, config);
  const { INSTANCE_ID: instance, INSTANCE_VERSION: version } = config;
  const metrics = createMetrics({ service, version, instance, log });
  const traces = await openTraces(config, { service, version, instance, log });
  return { log, metrics, [Symbol.asyncDispose]: () => traces[Symbol.asyncDispose]() };
}
