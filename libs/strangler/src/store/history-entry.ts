import { z } from "zod";

const fact = z.union([z.string().max(300), z.number(), z.boolean()]);

/** One step or decision about a service's traffic. */
export const historyEntrySchema = z.object({
  at: z.iso.datetime(),
  /** Who has done it: a user and a host, a program. 1 to 200 characters. */
  by: z.string().min(1).max(200),
  /** What was done, in a word: `step`, `rollback`. 1 to 63 characters. */
  what: z.string().min(1).max(63),
  /** Why, for people; 500 characters at most. */
  reason: z.string().max(500),
  /** Of the rule that it has led to. */
  revision: z
    .string()
    .regex(/^[0-9]{1,20}$/)
    .exactOptional(),
  /** The numbers behind it, 32 at most. */
  facts: z
    .record(z.string().min(1).max(63), fact)
    .refine((facts) => Object.keys(facts).length <= 32, "32 facts at most")
    .default({}),
});

export type HistoryEntry = z.output<typeof historyEntrySchema>;
