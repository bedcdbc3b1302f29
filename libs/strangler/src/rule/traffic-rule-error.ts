import type { z } from "zod";

/** One thing that is wrong with a rule. */
export interface RuleViolation {
  /** Where: `methods.GetUser.percent`; empty for the rule as a whole. */
  readonly field: string;
  /** What is expected there: `a number in [0, 100]`. */
  readonly rule: string;
  /** What is there, as JSON, of which 80 characters are shown; `nothing` for what is missing. */
  readonly value: string;
}

/** A traffic rule that cannot be used. Its message has a line for each violation. */
export class TrafficRuleError extends Error {
  override readonly name = "TrafficRuleError";
  readonly violations: readonly RuleViolation[];

  constructor(violations: readonly RuleViolation[]) {
    super(violations.map(({ field, rule, value }) => `${field || "rule"}: expected ${rule}, got ${value}`).join("\n"));
    this.violations = violations;
  }
}

const maxViolations = 20;

export function violationsOf({ issues }: z.ZodError, json: unknown): RuleViolation[] {
  return issues
    .flatMap((issue) => {
      if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => violationAt(json, [...issue.path, key], "no field of that name"));
      }
      // Of a key, its own rule is what helps: `methods["Get User"]: expected the name of a method`.
      const rule = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
      return [violationAt(json, issue.path, rule)];
    })
    .slice(0, maxViolations);
}

function violationAt(json: unknown, path: readonly PropertyKey[], rule: string): RuleViolation {
  const field = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return { field: cut(field.replace(/^\./, ""), 200), rule, value: shown(valueAt(json, path)) };
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  let value = json;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  return cut(typeof value === "number" ? String(value) : (JSON.stringify(value) ?? typeof value), 80);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
