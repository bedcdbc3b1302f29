import { strategies, type BalancerPolicy } from "@banyan/balancer";
import type { LoadBalancing } from "@banyan/resilience";
import { z } from "zod";

/** The fields of a `BalancerPolicy` that a `loadBalancingConfig` may set; the balancer itself has their bounds. */
const number = z.number("expected a number").exactOptional();
const options = z.strictObject({
  slowStartMs: number,
  panicPercent: number,
  zone: z.string("expected a string").exactOptional(),
  latency: z
    .strictObject({ tauMs: number, forgetMs: number, forcedPickMs: number, failurePenalty: number })
    .exactOptional(),
  ejection: z
    .union([
      z.literal(false),
      z.strictObject({
        consecutiveFailures: number,
        intervalMs: number,
        baseMs: number,
        maxMs: number,
        maxPercent: number,
        minCalls: number,
      }),
    ])
    .exactOptional(),
});

/**
 * What a policy's `loadBalancingConfig` means to the balancer.
 *
 * @throws {RangeError} naming the field and the rule, as in `peak_ewma.slowStartMs: expected a number`
 */
export function balancingOf(config: LoadBalancing | undefined): BalancerPolicy {
  if (config === undefined) return {};
  const strategy = strategies.find((known) => known === config.strategy);
  const read = options.safeParse(config.options);
  if (!read.success) {
    const lines = read.error.issues.map(({ path, message }) => `${[config.strategy, ...path].join(".")}: ${message}`);
    throw new RangeError(lines.join("; "));
  }
  return { ...read.data, ...(strategy !== undefined && { strategy }) };
}
