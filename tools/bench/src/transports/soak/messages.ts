import { z } from "zod";
import { garbage } from "./garbage-meter.ts";

/** The server says this once, when it serves. */
export const servingMessage = z.object({ address: z.string() });

/** What the client is started with. */
export const callerTask = z.object({ address: z.string() });
export type CallerTask = z.infer<typeof callerTask>;

/** What a process is told: to make calls, which only the client does, or to say what it holds on to. */
export const command = z.discriminatedUnion("do", [
  z.object({ do: z.literal("call"), calls: z.number(), inFlight: z.number() }),
  z.object({ do: z.literal("count") }),
]);
export type Command = z.infer<typeof command>;

/** The client's answer when all calls were answered right; it ends when one was not. */
export const callsMade = z.object({ elapsedMs: z.number() });

/** What a process holds on to once its garbage has been collected, and what there was of that. */
export const holdings = z.object({
  heapBytes: z.number(),
  /** Of buffers, outside of the heap. */
  bufferBytes: z.number(),
  rssBytes: z.number(),
  /** What keeps the event loop busy: sockets, timers, requests. */
  handles: z.number(),
  /** Before that. */
  garbage,
});
export type Holdings = z.infer<typeof holdings>;
