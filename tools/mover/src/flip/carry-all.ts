import { setTimeout as sleep } from "node:timers/promises";
import type { Side } from "@banyan/strangler";
import type { Sessions } from "../database/session.ts";
import { leaveRole, tryRole } from "../database/single-holder.ts";
import { readFences, targetEpoch } from "../fence/fence.ts";
import type { Mapping } from "../mapping/mapping.ts";
import { carryBatch, readLag } from "../move/outbox.ts";

export interface CarryAllOptions {
  readonly mapping: Mapping;
  readonly sessions: Sessions;
}

/** Carries changes, if no mover is there to do so. */
export async function tryCarry({ mapping, sessions }: CarryAllOptions, source: Side): Promise<void> {
  if (!(await tryRole(sessions.candidate, mapping, "move"))) return;
  try {
    const epoch = targetEpoch(await readFences(sessions, mapping), source);
    while ((await carryBatch(sessions, { mapping, source, epoch })) > 0);
  } finally {
    await leaveRole(sessions.candidate, mapping, "move");
  }
}

/** Waits until the outbox is empty, which stays so: nobody can write. */
export async function carryAll(options: CarryAllOptions, source: Side, signal: AbortSignal): Promise<void> {
  while ((await readLag(options.sessions[source], options.mapping)).rows > 0) {
    signal.throwIfAborted();
    await tryCarry(options, source);
    await sleep(20, undefined, { signal });
  }
}
