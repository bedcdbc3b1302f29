import { ExpectedError } from "@banyan/service";
import { otherThan, type Side } from "@banyan/strangler";
import { escapeIdentifier } from "pg";
import type { Queryable, Sessions } from "../database/session.ts";
import { moduleOf, schemaOf, type Mapping } from "../mapping/mapping.ts";

/** Whether a database takes the writes of a service. */
export interface Fence {
  /** It takes them now. */
  readonly here: boolean;
  /** Grows whenever the fence is closed. */
  readonly epoch: bigint;
  /** `for a time`: it opens by itself unless it is kept closed; `for good`: only a hand-over opens it. */
  readonly closed: "not" | "for a time" | "for good" | "reopened";
}

export type Fences = Readonly<Record<Side, Fence>>;

/** @returns undefined where nothing was set up */
export async function readFence(session: Queryable, mapping: Mapping): Promise<Fence | undefined> {
  const [row] = await session.query<{
    readonly written_here: boolean;
    readonly epoch: bigint;
    readonly is_over: boolean | null;
  }>(
    `select written_here, epoch, reopens_at <= clock_timestamp() as is_over
     from public.write_fences
     where module = $1`,
    [moduleOf(mapping)],
  );
  if (row === undefined) return undefined;
  const { written_here, epoch, is_over } = row;
  if (written_here) return { here: true, epoch, closed: "not" };
  if (is_over === null) return { here: false, epoch, closed: "for good" };
  return { here: is_over, epoch, closed: is_over ? "reopened" : "for a time" };
}

/** @throws {ExpectedError} where nothing was set up */
export async function readFences(sessions: Sessions, mapping: Mapping): Promise<Fences> {
  const read = async (side: Side): Promise<Fence> => {
    const fence = await readFence(sessions[side], mapping);
    if (fence !== undefined) return fence;
    throw new ExpectedError(`${sessions[side].place}: nothing is set up for ${mapping.service}: run setup first`);
  };
  return { legacy: await read("legacy"), candidate: await read("candidate") };
}

/**
 * Whose changes are to be carried to the other side: of the one that takes the writes; while neither does, of the one that
 * has taken them last, which is the one that was closed last.
 *
 * @throws {ExpectedError} when both take them
 */
export function sourceOf({ legacy, candidate }: Fences): Side {
  if (legacy.here && candidate.here) {
    throw new ExpectedError(
      "both databases take the writes: close one of the two in write_fences, by what is in their tables",
    );
  }
  if (legacy.here !== candidate.here) return legacy.here ? "legacy" : "candidate";
  return legacy.epoch > candidate.epoch ? "legacy" : "candidate";
}

/** The epoch with which the mover may write to the side that does not have the writes. */
export function targetEpoch(fences: Fences, source: Side): bigint {
  return fences[otherThan(source)].epoch;
}

export interface Turn {
  /** The epoch at which the fence was seen. */
  readonly expected: bigint;
  readonly next: bigint;
  readonly here: boolean;
  /** After how many seconds it opens by itself; undefined for never. */
  readonly reopensAfter?: number;
}

/**
 * Opens or closes a fence, after all transactions that have written have ended; those that want to write wait behind it.
 *
 * @returns false when the fence is not as expected any more
 * @throws {DatabaseFailure} 55P03 when a transaction goes on for longer than the session's `lock_timeout`
 */
export async function turnFence(session: Queryable, mapping: Mapping, turn: Turn): Promise<boolean> {
  const [row] = await session.query<{ readonly turned: boolean }>(
    `select ${escapeIdentifier(schemaOf(mapping))}.turn_fence($1, $2, $3, $4) as turned`,
    [turn.expected, turn.next, turn.here, turn.reopensAfter ?? null],
  );
  return row?.turned === true;
}

/** Keeps a fence closed for good that was closed for a time. @returns false when that time is over */
export async function keepClosed(session: Queryable, mapping: Mapping, epoch: bigint): Promise<boolean> {
  const [row] = await session.query<{ readonly kept: boolean }>(
    `select ${escapeIdentifier(schemaOf(mapping))}.keep_closed($1) as kept`,
    [epoch],
  );
  return row?.kept === true;
}

/** Opens a fence again that was closed for a time. @returns false when it is closed for good, or was turned meanwhile */
export async function reopen(session: Queryable, mapping: Mapping, epoch: bigint): Promise<boolean> {
  const [row] = await session.query<{ readonly reopened: boolean }>(
    `select ${escapeIdentifier(schemaOf(mapping))}.reopen($1) as reopened`,
    [epoch],
  );
  return row?.reopened === true;
}
