import { integer, oneOf } from "@banyan/service";
import { z } from "zod";

/** OpenTelemetry's own is 10 s: too long for the end of a process. */
export const defaultTimeoutMs = 3000;

const url = z.url({ protocol: /^https?$/, hostname: /.*/, error: "expected a URL http://host:port" });

/** `key=value,key=value`, percent-encoded. */
const pairs = z
  .string()
  .refine((text) => pairsIn(text) !== undefined, "expected key=value pairs, joined by commas, percent-encoded");

const ratio = z
  .string()
  .refine((text) => text.trim() !== "" && Number(text) >= 0 && Number(text) <= 1, "expected a number in [0, 1]")
  .transform(Number);

/**
 * The variables that traces are configured by, as OpenTelemetry spells them. Those about the way to the collector alone
 * (`OTEL_EXPORTER_OTLP_HEADERS`, `…_COMPRESSION`, `…_CERTIFICATE`) are read by OpenTelemetry's exporter itself.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export const traceEnvironment = {
  /** The collector, by OTLP over HTTP; nothing is traced while neither this nor the next one is set. */
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  /** The whole URL for traces alone, as in `http://collector:4318/v1/traces`. */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url.optional(),
  /** How long the collector may take, in milliseconds; a process ends that much later when it does not answer. */
  OTEL_EXPORTER_OTLP_TIMEOUT: integer({ min: 1, max: 60_000 }).default(defaultTimeoutMs),
  OTEL_TRACES_EXPORTER: oneOf("otlp", "none").default("otlp"),
  OTEL_SDK_DISABLED: oneOf("true", "false").default("false"),
  OTEL_TRACES_SAMPLER: oneOf(
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
  ).default("parentbased_always_on"),
  /** The part of the traces that is recorded, in [0, 1], for the samplers by ratio. Default 1. */
  OTEL_TRACES_SAMPLER_ARG: ratio.optional(),
  /** The name of the service in its traces, where it is to be another one. */
  OTEL_SERVICE_NAME: z.string().optional(),
  /** What else is told of the process, as in `deployment.environment.name=production`. */
  OTEL_RESOURCE_ATTRIBUTES: pairs.optional(),
};

/** What `traceEnvironment` reads. */
export interface TraceConfig {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TIMEOUT?: number | undefined;
  readonly OTEL_TRACES_EXPORTER?: "otlp" | "none" | undefined;
  readonly OTEL_SDK_DISABLED?: "true" | "false" | undefined;
  readonly OTEL_TRACES_SAMPLER?: z.output<typeof traceEnvironment.OTEL_TRACES_SAMPLER> | undefined;
  readonly OTEL_TRACES_SAMPLER_ARG?: number | undefined;
  readonly OTEL_SERVICE_NAME?: string | undefined;
  readonly OTEL_RESOURCE_ATTRIBUTES?: string | undefined;
}

/** Where traces go, by OTLP over HTTP; undefined where they are off. */
export function tracesUrl(config: TraceConfig): string | undefined {
  if (config.OTEL_SDK_DISABLED === "true" || config.OTEL_TRACES_EXPORTER === "none") return undefined;
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = config;
  return own ?? (base === undefined ? undefined : `${base.replace(/\/$/, "")}/v1/traces`);
}

/** The pairs of a list `key=value,key=value`; undefined when it is malformed. */
export function pairsIn(list: string): Readonly<Record<string, string>> | undefined {
  const pairs: Record<string, string> = {};
  for (const pair of list.split(",")) {
    if (pair.trim() === "") continue;
    const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    if (key === undefined || value === undefined) return undefined;
    try {
      pairs[decodeURIComponent(key)] = decodeURIComponent(value);
    } catch (error) {
      if (error instanceof URIError) return undefined;
      throw error;
    }
  }
  return pairs;
}
