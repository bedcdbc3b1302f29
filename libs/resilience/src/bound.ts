/** What a number has to be. */
export interface Bound {
  /** As it reads after "expected": `an integer in [2, 5]`. */
  readonly rule: string;
  readonly holds: (value: unknown) => boolean;
}

/** A whole number in [min, max]. */
export function integerIn(min: number, max: number): Bound {
  return {
    rule: `an integer in [${min}, ${max}]`,
    holds: (value) => typeof value === "number" && Number.isInteger(value) && value >= min && value <= max,
  };
}

/** A number in [min, max]. */
export function numberIn(min: number, max: number): Bound {
  return {
    rule: `a number in [${min}, ${max}]`,
    holds: (value) => typeof value === "number" && value >= min && value <= max,
  };
}

/**
 * The value of an option, once it is known to be within its bound.
 *
 * @throws {RangeError} with field, rule and value: `maxTokens: expected a number in [1, 1000], got 0`
 */
export function checked(field: string, bound: Bound, value: number): number {
  if (bound.holds(value)) return value;
  throw new RangeError(`${field}: expected ${bound.rule}, got ${value}`);
}
