import type { LoadBalancing, MethodPolicy, Policy, ServicePolicy } from "./policy.ts";
import { defaultMethodPolicy } from "./policy.ts";
import type { MethodConfigJson, PolicyJson } from "./policy-schema.ts";

/**
 * Works out what holds for each service and method that is named: field by field, method before service before all.
 *
 * @param json a policy without violations
 * @param base what holds where it says nothing
 */
export function resolvePolicy(json: PolicyJson, base: Policy, strategies: readonly string[] | undefined): Policy {
  const configs = new Map<string, MethodConfigJson>();
  for (const config of json.methodConfig ?? []) {
    for (const { service = "", method = "" } of config.name) configs.set(`${service}/${method}`, config);
  }
  const anyService = overlay(base.anyService, configs.get("/"));
  const services = new Map<string, ServicePolicy>();
  for (const key of configs.keys()) {
    const service = key.slice(0, key.indexOf("/"));
    if (service === "" || services.has(service)) continue;
    const anyMethod = overlay(anyService, configs.get(`${service}/`));
    const methods = new Map<string, MethodPolicy>();
    for (const [other, config] of configs) {
      const method = other.startsWith(`${service}/`) ? other.slice(service.length + 1) : "";
      if (method !== "") methods.set(method, overlay(anyMethod, config));
    }
    services.set(service, { anyMethod, methods });
  }
  return {
    anyService,
    services,
    retryThrottling: json.retryThrottling ?? base.retryThrottling,
    loadBalancing: firstKnown(json, strategies) ?? base.loadBalancing,
  };
}

/** gRPC takes the first entry that it knows, so that a config can name a new strategy before everybody has it. */
function firstKnown(json: PolicyJson, strategies: readonly string[] | undefined): LoadBalancing | undefined {
  for (const entry of json.loadBalancingConfig ?? []) {
    for (const [strategy, options] of Object.entries(entry)) {
      if (strategies?.includes(strategy) ?? true) return { strategy, options };
    }
  }
  return undefined;
}

function overlay(below: MethodPolicy, config: MethodConfigJson | undefined): MethodPolicy {
  if (config === undefined) return below;
  const { timeout, retryPolicy, hedgingPolicy } = config;
  return {
    timeoutMs: timeout ?? below.timeoutMs,
    timeoutLimitMs: timeout ?? below.timeoutLimitMs,
    retry: retryPolicy === null ? undefined : retryPolicy === undefined ? below.retry : retryOf(retryPolicy, below),
    hedging:
      hedgingPolicy === null
        ? undefined
        : hedgingPolicy === undefined
          ? below.hedging
          : hedgingOf(hedgingPolicy, below),
  };
}

function retryOf(
  json: NonNullable<MethodConfigJson["retryPolicy"]>,
  { retry = defaultMethodPolicy.retry }: MethodPolicy,
): MethodPolicy["retry"] {
  if (retry === undefined) return undefined;
  const initialBackoffMs = json.initialBackoff ?? Math.min(retry.initialBackoffMs, json.maxBackoff ?? Infinity);
  return {
    maxAttempts: json.maxAttempts ?? retry.maxAttempts,
    initialBackoffMs,
    maxBackoffMs: json.maxBackoff ?? Math.max(retry.maxBackoffMs, initialBackoffMs),
    backoffMultiplier: json.backoffMultiplier ?? retry.backoffMultiplier,
    retryableStatusCodes: json.retryableStatusCodes ?? retry.retryableStatusCodes,
    perAttemptRecvTimeoutMs: json.perAttemptRecvTimeout ?? retry.perAttemptRecvTimeoutMs,
  };
}

function hedgingOf(
  json: NonNullable<MethodConfigJson["hedgingPolicy"]>,
  { hedging = defaultMethodPolicy.hedging }: MethodPolicy,
): MethodPolicy["hedging"] {
  if (hedging === undefined) return undefined;
  const { hedgingDelay: ms, hedgingPercentile: percentile } = json;
  return {
    maxAttempts: json.maxAttempts ?? hedging.maxAttempts,
    delay:
      ms !== undefined
        ? { tag: "fixed", ms }
        : percentile !== undefined
          ? { tag: "percentile", percentile }
          : hedging.delay,
    nonFatalStatusCodes: json.nonFatalStatusCodes ?? hedging.nonFatalStatusCodes,
  };
}
