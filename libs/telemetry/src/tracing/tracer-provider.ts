import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { defaultResource, resourceFromAttributes, type Resource } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from "@opentelemetry/sdk-trace";
import { defaultTimeoutMs, pairsIn, type TraceConfig } from "./environment.ts";
import type { TracesOptions } from "./open-traces.ts";
import { ReportingExporter } from "./reporting-exporter.ts";

/** The part of OpenTelemetry's SDK that we use; loaded only where traces are on. */
export function createTracerProvider(url: string, config: TraceConfig, options: TracesOptions): TracerProvider {
  const { OTEL_EXPORTER_OTLP_TIMEOUT: timeoutMillis = defaultTimeoutMs } = config;
  const exporter = new ReportingExporter(new OTLPTraceExporter({ url, timeoutMillis }), options.log);
  return new TracerProvider({
    resource: resourceOf(config, options),
    sampler: samplerOf(config),
    spanProcessors: [
      new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1000, exportTimeoutMillis: timeoutMillis + 1000 }),
    ],
  });
}

/** What OTEL_* says of the process goes before what the service says of itself. */
function resourceOf(config: TraceConfig, { service, version, instance }: TracesOptions): Resource {
  return defaultResource().merge(
    resourceFromAttributes({
      "service.name": service,
      ...(version !== undefined && { "service.version": version }),
      ...(instance !== undefined && { "service.instance.id": instance }),
      ...pairsIn(config.OTEL_RESOURCE_ATTRIBUTES ?? ""),
      ...(config.OTEL_SERVICE_NAME !== undefined && { "service.name": config.OTEL_SERVICE_NAME }),
    }),
  );
}

export function samplerOf(config: TraceConfig): Sampler {
  const { OTEL_TRACES_SAMPLER: name = "parentbased_always_on", OTEL_TRACES_SAMPLER_ARG: ratio = 1 } = config;
  switch (name) {
    case "always_on":
      return new AlwaysOnSampler();
    case "always_off":
      return new AlwaysOffSampler();
    case "traceidratio":
      return new TraceIdRatioBasedSampler(ratio);
    case "parentbased_always_on":
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case "parentbased_always_off":
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case "parentbased_traceidratio":
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
    default:
      return name satisfies never;
  }
}
