import type { z } from "zod";
import { resolvePolicy } from "./resolve-policy.ts";
import { defaultPolicy, type Policy } from "./policy.ts";
import { PolicyError, violationAt, type PolicyViolation } from "./policy-error.ts";
import { policySchema, type PolicyJson } from "./policy-schema.ts";

export interface ParsePolicyOptions {
  /** What fields that are left out fall back to. Default `defaultPolicy`. */
  readonly base?: Policy;
  /** The strategies that the balancer knows; default: any name is taken. */
  readonly strategies?: readonly string[];
}

const maxViolations = 20;

/**
 * Reads a policy, in the words of gRPC's service config where it has them. Unlike there, an unknown field is an error, for
 * it is mostly a known one misspelt, and a field that is left out is taken from the less specific entry.
 *
 * @param json an object, or the JSON text of one, as it stands under `/config/<name>`
 * @throws {PolicyError} that lists each violation by field, rule and value, 20 of them at most
 * @see https://github.com/grpc/grpc/blob/master/doc/service_config.md
 */
export function parsePolicy(json: unknown, options: ParsePolicyOptions = {}): Policy {
  const value = typeof json === "string" ? parseJson(json) : json;
  const parsed = policySchema.safeParse(value);
  const violations = parsed.success
    ? relations(parsed.data, value, options)
    : parsed.error.issues.flatMap((issue) => violationsOf(issue, value));
  if (violations.length > 0) throw new PolicyError(violations.slice(0, maxViolations));
  if (!parsed.success) throw parsed.error;
  return resolvePolicy(parsed.data, options.base ?? defaultPolicy, options.strategies);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PolicyError([violationAt(text, [], "JSON")]);
  }
}

function violationsOf(issue: z.core.$ZodIssue, json: unknown): PolicyViolation[] {
  if (issue.code !== "unrecognized_keys") return [violationAt(json, issue.path, issue.message)];
  return issue.keys.map((key) => violationAt(json, [...issue.path, key], "no field of that name"));
}

/** What holds between fields of a policy each of which is right by itself. */
function relations(policy: PolicyJson, json: unknown, options: ParsePolicyOptions): PolicyViolation[] {
  const violations: PolicyViolation[] = [];
  const named = new Set<string>();
  for (const [at, { name, retryPolicy }] of (policy.methodConfig ?? []).entries()) {
    for (const [index, { service = "", method = "" }] of name.entries()) {
      const key = `${service}/${method}`;
      if (named.has(key)) violations.push(violationAt(json, ["methodConfig", at, "name", index], "each name once"));
      named.add(key);
    }
    const { initialBackoff, maxBackoff } = retryPolicy ?? {};
    if (initialBackoff !== undefined && maxBackoff !== undefined && maxBackoff < initialBackoff) {
      const path = ["methodConfig", at, "retryPolicy", "maxBackoff"];
      violations.push(violationAt(json, path, "at least initialBackoff"));
    }
  }
  const wanted = policy.loadBalancingConfig?.flatMap((entry) => Object.keys(entry));
  const { strategies } = options;
  if (wanted !== undefined && !wanted.some((strategy) => strategies?.includes(strategy) ?? true)) {
    const rule = strategies === undefined ? "a strategy" : `one of ${strategies.join(", ")}`;
    violations.push(violationAt(json, ["loadBalancingConfig"], rule));
  }
  return violations;
}
