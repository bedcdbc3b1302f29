/** A closed interval. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** @throws {RangeError} that names the field, the rule and the value */
export function numberWithin(field: string, value: number, { min, max }: Bounds): number {
  if (typeof value === "number" && value >= min && value <= max) return value;
  throw new RangeError(`${field}: expected a number in [${min}, ${max}], got ${shown(value)}`);
}

/** @throws {RangeError} that names the field, the rule and the value */
export function integerWithin(field: string, value: number, { min, max }: Bounds): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${field}: expected an integer in [${min}, ${max}], got ${shown(value)}`);
}

/** @throws {RangeError} that names the field, the rule and the value */
export function textWithin(field: string, value: string, { min, max }: Bounds): string {
  if (typeof value === "string" && value.length >= min && value.length <= max) return value;
  throw new RangeError(`${field}: expected a text of ${min} to ${max} characters, got ${shown(value)}`);
}

/** @throws {RangeError} that names the field, the rule and the value */
export function oneOf<T extends string>(field: string, value: T, choices: readonly T[]): T {
  if (choices.includes(value)) return value;
  throw new RangeError(`${field}: expected one of ${choices.join(", ")}, got ${shown(value)}`);
}

/** A value as a message shows it: texts in quotes, cut to a length that fits a line. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
