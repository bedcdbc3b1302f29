import type { TelemetryConfig } from "@banyan/telemetry";
import { hasLink, type ChainLink } from "../chain-links.ts";

/** Logs and traces as far as the chain has them. */
export function telemetryConfig(chain: ChainLink, collector: string | undefined): TelemetryConfig {
  const traced = hasLink(chain, "traces") && collector !== undefined;
  return {
    LOG_LEVEL: hasLink(chain, "log") ? "info" : "silent",
    LOG_FORMAT: "json",
    ...(traced && {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: 0.01,
    }),
  };
}
