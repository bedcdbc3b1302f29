import type { Code } from "@connectrpc/connect";
import { z } from "zod";
import { integerIn, numberIn, type Bound } from "./bound.ts";
import { durationMs } from "./duration.ts";
import { budgetBounds } from "./retry-budget.ts";
import { statusCodeOf } from "./status-code.ts";

/** Every message of these schemas is a rule, to be read after "expected". */

function number(bound: Bound) {
  return z.custom<number>(bound.holds, bound.rule);
}

/** @param min @param max in milliseconds, both included */
function duration(min: number, max: number) {
  const bound = numberIn(min, max);
  const rule = `a duration in [${min / 1000}s, ${max / 1000}s]`;
  return z
    .custom<string>((value) => bound.holds(durationMs(value)), rule)
    .transform((value) => durationMs(value) ?? min);
}

/** Names in any case, or numbers, as gRPC has it. */
function statusCodes() {
  const code = z
    .custom<string | number>(
      (value) => statusCodeOf(value) !== undefined,
      "the name or number of a gRPC status other than OK",
    )
    .transform((value) => statusCodeOf(value));
  return z
    .array(code, "a list of gRPC statuses")
    .max(16, "16 statuses at most")
    .transform((found): ReadonlySet<Code> => new Set(found.filter((code) => code !== undefined)));
}

const name = z
  .strictObject(
    {
      service: z.string("a string").max(255, "255 characters at most").optional(),
      method: z.string("a string").max(255, "255 characters at most").optional(),
    },
    "an object",
  )
  .refine(
    ({ service, method }) => (method ?? "") === "" || (service ?? "") !== "",
    "a service wherever there is a method",
  );

const retryPolicy = z
  .strictObject(
    {
      maxAttempts: number(integerIn(2, 5)).optional(),
      initialBackoff: duration(1, 60_000).optional(),
      maxBackoff: duration(1, 60_000).optional(),
      backoffMultiplier: number(numberIn(1, 10)).optional(),
      retryableStatusCodes: statusCodes().optional(),
      perAttemptRecvTimeout: duration(1, 86_400_000).optional(),
    },
    "an object, or null for no retries",
  )
  .nullable();

const hedgingPolicy = z
  .strictObject(
    {
      maxAttempts: number(integerIn(2, 5)).optional(),
      hedgingDelay: duration(0, 60_000).optional(),
      hedgingPercentile: number(numberIn(50, 99.9)).optional(),
      nonFatalStatusCodes: statusCodes().optional(),
    },
    "an object, or null for no hedging",
  )
  .refine(
    ({ hedgingDelay, hedgingPercentile }) => hedgingDelay === undefined || hedgingPercentile === undefined,
    "either hedgingDelay or hedgingPercentile",
  )
  .nullable();

const methodConfig = z.strictObject(
  {
    name: z.array(name, "a list of names").min(1, "at least one name").max(1000, "1000 names at most"),
    timeout: duration(1, 86_400_000).optional(),
    retryPolicy: retryPolicy.optional(),
    hedgingPolicy: hedgingPolicy.optional(),
  },
  "an object",
);

const strategy = z
  .record(z.string(), z.record(z.string(), z.unknown(), "an object"), "an object")
  .refine((entry) => Object.keys(entry).length === 1, "an object with one key, the name of a strategy");

export const policySchema = z.strictObject(
  {
    methodConfig: z.array(methodConfig, "a list").max(1000, "1000 entries at most").optional(),
    retryThrottling: z
      .strictObject(
        { maxTokens: number(budgetBounds.maxTokens), tokenRatio: number(budgetBounds.tokenRatio) },
        "an object",
      )
      .optional(),
    loadBalancingConfig: z.array(strategy, "a list").max(16, "16 entries at most").optional(),
  },
  "an object",
);

export type PolicyJson = z.output<typeof policySchema>;
export type MethodConfigJson = NonNullable<PolicyJson["methodConfig"]>[number];
