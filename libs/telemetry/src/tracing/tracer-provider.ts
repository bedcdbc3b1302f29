import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { defaultResource, resourceFromAttributes, type Resource } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { defaultTimeoutMs, pairsIn, type TraceConfig } from "./environment.ts";
import { HeadSampling } from "./head-sampling.ts";
import type { TracesOptions } from "./open-traces.ts";
import { ReportingExporter } from "./reporting-exporter.ts";
import type { TraceSampling } from "./sampling.ts";

/** The part of OpenTelemetry's SDK that we use; loaded only where traces are on. */
export function createTracerProvider(
  url: string,
  config: TraceConfig,
  options: TracesOptions,
): { readonly provider: TracerProvider; readonly sampling: TraceSampling } {
  const { OTEL_EXPORTER_OTLP_TIMEOUT: timeoutMillis = defaultTimeoutMs } = config;
  const exporter = new ReportingExporter(new OTLPTraceExporter({ url, timeoutMillis }), options.log);
  const sampling = samplingOf(config);
  const provider = new TracerProvider({
    resource: resourceOf(config, options),
    sampler: sampling.sampler,
    idGenerator: sampling,
    spanProcessors: [
      new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1000, exportTimeoutMillis: timeoutMillis + 1000 }),
    ],
  });
  return { provider, sampling };
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

export function samplingOf(config: TraceConfig): HeadSampling {
  const { OTEL_TRACES_SAMPLER: name = "parentbased_always_on", OTEL_TRACES_SAMPLER_ARG: ratio = 1 } = config;
  switch (name) {
    case "always_on":
      return new HeadSampling({ root: new AlwaysOnSampler(), followsParent: false });
    case "always_off":
      return new HeadSampling({ root: new AlwaysOffSampler(), followsParent: false });
    case "traceidratio":
      return new HeadSampling({ root: new TraceIdRatioBasedSampler(ratio), followsParent: false });
    case "parentbased_always_on":
      return new HeadSampling({ root: new AlwaysOnSampler(), followsParent: true });
    case "parentbased_always_off":
      return new HeadSampling({ root: new AlwaysOffSampler(), followsParent: true });
    case "parentbased_traceidratio":
      return new HeadSampling({ root: new TraceIdRatioBasedSampler(ratio), followsParent: true });
    default:
      return name satisfies never;
  }
}
