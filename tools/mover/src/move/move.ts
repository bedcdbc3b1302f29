import { setTimeout as sleep } from "node:timers/promises";
import { type Side, type TrafficNews, type TrafficStore } from "@banyan/strangler";
import { EtcdUnreachableError } from "@banyan/registry";
import { DatabaseFailure } from "../database/database-failure.ts";
import { openSessions, type Sessions } from "../database/session.ts";
import { takeRole } from "../database/single-holder.ts";
import { readFences, sourceOf, targetEpoch } from "../fence/fence.ts";
import { recoverIfAlone } from "../flip/recover.ts";
import type { Mapping } from "../mapping/mapping.ts";
import { backfillChunk, type BackfillProgress } from "./backfill.ts";
import { carryBatch, readLag, type Lag } from "./outbox.ts";

/** What a mover tells of itself. */
export type MoverState =
  | { readonly tag: "backfilling"; readonly progress: BackfillProgress }
  /** `carried`: changes since the start. */
  | { readonly tag: "following"; readonly source: Side; readonly lag: Lag; readonly carried: number }
  | { readonly tag: "waiting"; readonly reason: string };

export interface MoveOptions {
  readonly mapping: Mapping;
  readonly urls: Readonly<Record<Side, string>>;
  readonly store: TrafficStore;
  /** Entities of one transaction of the backfill, in [1, 10000]. Default 500. */
  readonly chunkRows?: number;
  /** Told after each chunk, about twice a second while following, and when a database is away. */
  readonly onState?: ((state: MoverState) => void) | undefined;
}

/** Pauses in milliseconds: of one who has nothing to carry, of one who tells how far it is, of one who looks after flips. */
const [idleMs, tellMs, recoverMs] = [50, 500, 2000];
/** How long the lock of one who has just died may be held. */
const takeoverMs = 2000;
const reconnectMs = 1000;
/** A fence that refuses so often in a row does not know this role: setup was run with another one. */
const maxRefusals = 100;

/**
 * Keeps the side that does not have the writes up to date, whichever that is, until `signal` is aborted: first by a
 * backfill, if the candidate has never had it all, then by following the outbox. A flip turns its direction. What it has
 * carried is kept in the databases: it can be ended in any way, and another one goes on.
 *
 * A database that goes away is waited for. A flip that was killed is ended, or undone.
 *
 * @throws {RoleTakenError} when another mover moves this service
 * @throws {ExpectedError} when a row cannot be carried, which somebody has to look at
 */
export async function move(options: MoveOptions, signal: AbortSignal): Promise<void> {
  const { mapping, urls, store, onState } = options;
  let carried = 0;
  const heard: Heard = { owner: undefined };
  const listening = new AbortController();
  const listen = (news: TrafficNews): void => {
    if (news.tag === "rule") heard.owner = news.stored?.rule.writes.owner;
  };
  store.watch(mapping.service, listen, AbortSignal.any([signal, listening.signal]));
  using _listening = { [Symbol.dispose]: () => listening.abort() };
  for (let patienceMs = takeoverMs; !signal.aborted; patienceMs = 60_000) {
    try {
      await using sessions = await openSessions(urls);
      await takeRole(sessions.candidate, mapping, "move", patienceMs);
      await moveOn(sessions, options, { heard, count: (more) => (carried += more) }, signal);
    } catch (error) {
      if (!(error instanceof DatabaseFailure) || !(error.isLost || error.isContention)) throw error;
      onState?.({ tag: "waiting", reason: error.message });
      await pause(reconnectMs, signal);
    }
  }
}

/** What the rule says. */
interface Heard {
  owner: Side | undefined;
}

async function moveOn(
  sessions: Sessions,
  { mapping, store, chunkRows = 500, onState }: MoveOptions,
  { heard, count }: { readonly heard: Heard; readonly count: (more: number) => number },
  signal: AbortSignal,
): Promise<void> {
  let [toldAt, recoveredAt] = [-Infinity, performance.now()];
  let isFilled = false;
  let refusals = 0;
  while (!signal.aborted) {
    const fences = await readFences(sessions, mapping);
    const source = sourceOf(fences);
    const epoch = targetEpoch(fences, source);
    try {
      if (source === "legacy" && !isFilled) {
        const progress = await backfillChunk(sessions, { mapping, epoch, chunkRows });
        if (progress !== undefined) onState?.({ tag: "backfilling", progress });
        isFilled = progress === undefined;
        continue;
      }
      const carried = await carryBatch(sessions, { mapping, source, epoch });
      refusals = 0;
      const total = count(carried);
      if (performance.now() - toldAt >= tellMs) {
        onState?.({ tag: "following", source, lag: await readLag(sessions[source], mapping), carried: total });
        toldAt = performance.now();
      }
      if (performance.now() - recoveredAt >= recoverMs) {
        await recoverInTime(sessions, { mapping, store, owner: heard.owner, onState });
        recoveredAt = performance.now();
      }
      if (carried === 0) await pause(idleMs, signal);
    } catch (error) {
      // A fence has turned since it was read: what is to be carried, and where, is asked again.
      if (!(error instanceof DatabaseFailure && error.isFenced) || ++refusals === maxRefusals) throw error;
      await pause(idleMs, signal);
    }
  }
}

/** While etcd is away, what a killed flip has left waits; the rows do not. */
async function recoverInTime(
  sessions: Sessions,
  {
    onState,
    ...rest
  }: Pick<MoveOptions, "mapping" | "store"> & {
    readonly owner: Side | undefined;
    readonly onState: MoveOptions["onState"];
  },
): Promise<void> {
  try {
    await recoverIfAlone(sessions, { ...rest, by: "mover" });
  } catch (error) {
    if (!(error instanceof EtcdUnreachableError)) throw error;
    onState?.({ tag: "waiting", reason: error.message });
  }
}

/** Ends early, and without a failure, when `signal` is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
