import { constants, PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import { z } from "zod";

/** What a process has made and cleared away since it began. */
export const garbage = z.object({
  /** On V8's heap. */
  allocatedBytes: z.number(),
  /** In collections that nobody asked for; with them goes the giving back of buffers, those of the sockets' reads among them. */
  collectingMs: z.number(),
  /** Of all threads. */
  cpuMs: z.number(),
});
export type Garbage = z.infer<typeof garbage>;

/** Counts from now on what this process makes and clears away. */
export class GarbageMeter {
  #collectingMs = 0;

  constructor() {
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!isForced(entry)) this.#collectingMs += entry.duration;
    });
    observer.observe({ entryTypes: ["gc"] });
  }

  read(): Garbage {
    const { user, system } = process.cpuUsage();
    return {
      allocatedBytes: getHeapStatistics().total_allocated_bytes,
      collectingMs: this.#collectingMs,
      cpuMs: (user + system) / 1000,
    };
  }
}

const collection = z.object({ detail: z.object({ flags: z.number() }) });

function isForced(entry: object): boolean {
  return (collection.parse(entry).detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
}
