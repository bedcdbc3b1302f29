import { strategies } from "@banyan/balancer";
import { z } from "zod";

/** What the measuring process is started with: it measures one strategy, so that no other shapes its compiled code. */
export const pickTask = z.object({
  strategy: z.enum(strategies),
  /** Whether the instances have different weights. */
  weighted: z.boolean(),
  /** How many instances, one measurement each. */
  sizes: z.array(z.number()),
  rounds: z.number(),
  /** How long a round of picks lasts, and one of updates. */
  roundMs: z.number(),
});
export type PickTask = z.infer<typeof pickTask>;

/** Its answer, in the order of the sizes: medians of the rounds. */
export const pickCosts = z.array(
  z.object({
    /** Of a pick and its end. */
    pickNs: z.number(),
    /** Of a list in which one instance was replaced. */
    updateMicros: z.number(),
  }),
);
