import { setTimeout as sleep } from "node:timers/promises";
import type { Sessions } from "../database/session.ts";
import type { Entity } from "../mapping/mapping.ts";
import { hashesOf } from "./ranges.ts";

/** An entity that is not the same on both sides. */
export interface Difference {
  readonly entity: string;
  readonly key: string;
  readonly what: "only legacy has it" | "only candidate has it" | "they differ";
}

export interface SettleOptions {
  /** How long what differs may take to become equal, in milliseconds. */
  readonly settleMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Done each time before what differs is looked at again. */
  readonly onRecheck?: (() => Promise<void>) | undefined;
}

const recheckMs = 200;

export interface Settled {
  readonly different: readonly Difference[];
  readonly moving: number;
}

/** Looks again at what differs, until it is equal or the time is over; what has changed all the while on both sides moves. */
export async function settle(
  sessions: Sessions,
  entity: Entity,
  keys: readonly string[],
  { settleMs, signal, onRecheck }: SettleOptions,
): Promise<Settled> {
  const until = performance.now() + settleMs;
  const first = await look(sessions, entity, keys);
  let open = first;
  while (open.length > 0 && performance.now() < until) {
    await sleep(recheckMs, undefined, { signal });
    await onRecheck?.();
    open = await look(
      sessions,
      entity,
      open.map(({ key }) => key),
    );
  }
  const moves = (now: Look): boolean => {
    const before = first.find(({ key }) => key === now.key);
    return before !== undefined && before.legacy !== now.legacy && before.candidate !== now.candidate;
  };
  const different = open.filter((each) => !moves(each));
  return {
    different: different.map(({ key, legacy, candidate }) => ({
      entity: entity.name,
      key,
      what: nameOf(legacy, candidate),
    })),
    moving: open.length - different.length,
  };
}

interface Look {
  readonly key: string;
  readonly legacy: string | undefined;
  readonly candidate: string | undefined;
}

/** Those of the keys that differ now. */
async function look(sessions: Sessions, entity: Entity, keys: readonly string[]): Promise<readonly Look[]> {
  const [legacy, candidate] = await Promise.all([
    hashesOf(sessions.legacy, "legacy", entity, keys),
    hashesOf(sessions.candidate, "candidate", entity, keys),
  ]);
  return keys
    .map((key) => ({ key, legacy: legacy.get(key), candidate: candidate.get(key) }))
    .filter((each) => each.legacy !== each.candidate);
}

function nameOf(legacy: string | undefined, candidate: string | undefined): Difference["what"] {
  if (candidate === undefined) return "only legacy has it";
  return legacy === undefined ? "only candidate has it" : "they differ";
}
