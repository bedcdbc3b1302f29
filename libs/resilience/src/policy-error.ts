/** One thing that is wrong with a policy. */
export interface PolicyViolation {
  /** Where: `methodConfig[0].retryPolicy.maxAttempts`; empty for the policy as a whole. */
  readonly field: string;
  /** What is expected there: `an integer in [2, 5]`. */
  readonly rule: string;
  /** What is there, as JSON, of which 80 characters are shown; `nothing` for what is missing. */
  readonly value: string;
}

/** A policy that cannot be used. Its message has a line for each violation. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly violations: readonly PolicyViolation[];

  constructor(violations: readonly PolicyViolation[]) {
    super(
      violations.map(({ field, rule, value }) => `${field || "policy"}: expected ${rule}, got ${value}`).join("\n"),
    );
    this.violations = violations;
  }
}

/** @param path keys and indexes from the top of `json` */
export function violationAt(json: unknown, path: readonly PropertyKey[], rule: string): PolicyViolation {
  const field = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return { field: field.replace(/^\./, ""), rule, value: shown(valueAt(json, path)) };
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
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
