import { z } from "zod";

const work = z.object({ ms: z.number(), places: z.number() });

/** What a callee process is told, as JSON in its first argument. */
export const calleePlan = z.object({
  endpoints: z.array(z.string()),
  id: z.string(),
  port: z.number(),
  /** Where others are to dial it. */
  advertised: z.string(),
  ttlSeconds: z.number(),
  work,
});
export type CalleePlan = z.output<typeof calleePlan>;

/** What it prints when it is announced: where it takes other work settings, by POST. */
export const calleeReady = z.object({ settingsUrl: z.url() });

export const workSettings = work;
