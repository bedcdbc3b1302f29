import { setTimeout as sleep } from "node:timers/promises";
import type { GarbageMeter } from "./garbage-meter.ts";
import type { Holdings } from "./messages.ts";

/** Collections in a row: what one finds dead may be held on to by what only the next one looks at. */
const collections = 3;

/** Collects this process's garbage, for which it runs with `--expose-gc`, and counts what is left. */
export async function countHoldings(meter: GarbageMeter): Promise<Holdings> {
  const garbage = meter.read();
  for (let round = 0; round < collections; round++) {
    globalThis.gc?.();
    // Buffers are given back by another thread.
    await sleep(50);
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return {
    heapBytes: heapUsed,
    bufferBytes: arrayBuffers,
    rssBytes: rss,
    handles: process.getActiveResourcesInfo().length,
    garbage,
  };
}
