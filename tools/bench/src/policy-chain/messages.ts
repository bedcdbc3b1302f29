import { z } from "zod";

/** What a server is started with. */
export const serverTask = z.object({
  /** Whether it limits the calls that it works on at a time, as servers do by default. */
  limited: z.boolean(),
});
export type ServerTask = z.infer<typeof serverTask>;

/** It says this once, when it serves. */
export const servingMessage = z.object({ address: z.string() });

/** And this whenever it is asked, by any message. */
export const serverCounts = z.object({
  /** How many calls have reached the handler. */
  calls: z.number(),
  /** Of the whole process since it started, in microseconds. */
  cpuMicros: z.number(),
});

/** What the calling process is started with. */
export const callerTask = z.object({ addresses: z.array(z.string()) });
export type CallerTask = z.infer<typeof callerTask>;

/** What it is told to do, again and again. */
export const sliceTask = z.object({
  /** The name of one of the ways to call. */
  way: z.string(),
  /** How many calls to make, and how many of them at a time. */
  calls: z.number(),
  concurrency: z.number(),
});
export type SliceTask = z.infer<typeof sliceTask>;

/** What it answers to each. */
export const sliceResult = z.object({
  /** How many of the calls were turned away for overload. */
  refused: z.number(),
  elapsedMs: z.number(),
  /** Of the whole process meanwhile: its threads, and the garbage collector's. */
  cpuMicros: z.number(),
});
export type SliceResult = z.infer<typeof sliceResult>;
