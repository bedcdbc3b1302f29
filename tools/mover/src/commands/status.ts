import { sides, type TrafficStore } from "@banyan/strangler";
import type { Sessions } from "../database/session.ts";
import { readFences, sourceOf } from "../fence/fence.ts";
import type { Mapping } from "../mapping/mapping.ts";
import { readBackfill } from "../move/backfill.ts";
import { readLag } from "../move/outbox.ts";
import { lagText } from "./progress.ts";

/** What is known of the move of a service, line by line. */
export async function statusLines(sessions: Sessions, mapping: Mapping, store: TrafficStore): Promise<string[]> {
  const fences = await readFences(sessions, mapping);
  const stored = await store.read(mapping.service);
  const source = sourceOf(fences);
  const backfill = await readBackfill(sessions.candidate, mapping);
  const writes = stored?.rule.writes;
  return [
    `rule       ${writes === undefined ? "none" : `writes with ${writes.owner}, epoch ${writes.epoch}${writes.pause === undefined ? "" : ", held"}`}`,
    ...sides.map((side) => {
      const { here, epoch, closed } = fences[side];
      return `${side.padEnd(10)} ${here ? "takes writes" : `refuses writes${closed === "for a time" ? " for a time" : ""}`}, epoch ${epoch}`;
    }),
    ...backfill.map(({ entity, rows, done }) => `backfill   ${entity}: ${rows} carried${done ? ", done" : ""}`),
    `lag        of what the ${source} has: ${lagText(await readLag(sessions[source], mapping))}`,
  ];
}
