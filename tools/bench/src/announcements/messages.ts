import { z } from "zod";

/** What a process of watchers is started with. */
export const watchersTask = z.object({ endpoint: z.string(), service: z.string(), watchers: z.number() });
export type WatchersTask = z.infer<typeof watchersTask>;

/** It says this once, when all of its watchers follow etcd. */
export const readyMessage = z.object({ ready: z.literal(true) });

/** And this after each change, when all of its watchers know: when each learnt of it, and how many it lists then. */
export const newsMessage = z.array(z.object({ at: z.number(), listed: z.number() }));
export type NewsMessage = z.infer<typeof newsMessage>;
