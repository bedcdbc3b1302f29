import { z } from "zod";

/** What the observing process is started with. */
export const observerTask = z.object({
  endpoint: z.string(),
  service: z.string(),
  /** How many instances it has. */
  instances: z.number(),
  /** How many watchers come one after another. */
  watchers: z.number(),
  /** How many changes are made after that. */
  changes: z.number(),
});
export type ObserverTask = z.infer<typeof observerTask>;

/** First it says what each watcher saw; from here on it follows the service. */
export const snapshotsMessage = z.array(
  z.object({
    /** From `watch()` until all instances were known. */
    snapshotMs: z.number(),
    /** The heap that this has taken, after garbage collection. */
    heapBytes: z.number(),
  }),
);

/** At the end, what the changes have cost; after each it has printed one byte. */
export const changesMessage = z.object({
  /** Of the whole process: its threads, and the garbage collector's. */
  cpuMs: z.number(),
  /** When each change was known. */
  knownAt: z.array(z.number()),
});
