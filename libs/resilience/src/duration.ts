const pattern = /^[0-9]{1,9}(?:\.[0-9]{1,9})?s$/;

/**
 * Milliseconds of a duration as JSON has it, `5s` or `0.025s`; undefined for anything else, negative ones included.
 *
 * @see https://protobuf.dev/programming-guides/json/ (Duration)
 */
export function durationMs(value: unknown): number | undefined {
  if (typeof value !== "string" || !pattern.test(value)) return undefined;
  return Math.round(Number(value.slice(0, -1)) * 1e6) / 1e3;
}
