import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Collects all garbage twice, so that what finalizers let go is gone too, and forgets what `fetch` keeps of past requests.
 *
 * @returns the bytes of heap in use after it
 */
export async function heapAfterCollection(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("V8 gave no function to collect garbage with");
  performance.clearResourceTimings();
  collect();
  await new Promise(setImmediate);
  collect();
  return process.memoryUsage().heapUsed;
}

/** The middle one of some numbers, or the lower of the two in the middle. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? Number.NaN;
}
