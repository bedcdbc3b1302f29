import type { Side } from "@banyan/strangler";
import type { Sessions } from "../database/session.ts";
import type { Entity, Mapping } from "../mapping/mapping.ts";
import { checksum, hashes, keyAt, type KeyRange } from "./ranges.ts";
import type { ChangedKeys } from "./noting.ts";
import { settle, type Difference, type Settled } from "./settle.ts";

export interface Verification {
  /** Entities of the side that has the writes. */
  readonly compared: number;
  /** 100 at most. */
  readonly differences: readonly Difference[];
  /** Entities that were being changed whenever they were looked at: nothing can be said of them now. */
  readonly moving: number;
  /** There may be more differences: the comparison was ended at 100. */
  readonly isCut: boolean;
}

export interface VerifyOptions {
  readonly mapping: Mapping;
  /** Who has the writes. */
  readonly source: Side;
  /** How long what differs may take to become equal, in milliseconds; 0 where nothing is on its way. Default 10000. */
  readonly settleMs?: number;
  /** Entities whose checksum is made at once. Default 5000. */
  readonly rangeRows?: number;
  readonly signal?: AbortSignal | undefined;
  /** Done each time before what differs is looked at again. */
  readonly onRecheck?: () => Promise<void>;
  readonly onProgress?: (entity: string, compared: number) => void;
}

const maxDifferences = 100;
const defaultRangeRows = 5000;
/** So few entities are compared one by one, rather than by halves. */
const fewRows = 64;

/**
 * Compares both sides: checksums of ranges of keys, made by the databases themselves; a range that differs is halved until
 * it is a few keys. What differs is looked at again until the lag has passed.
 */
export async function verify(sessions: Sessions, options: VerifyOptions): Promise<Verification> {
  const { mapping, settleMs = 10_000, signal } = options;
  let compared = 0;
  let isCut = false;
  const suspects: { readonly entity: Entity; readonly keys: string[] }[] = [];
  for (const entity of mapping.entities) {
    const found: string[] = [];
    for await (const range of rangesOf(sessions, entity, options)) {
      signal?.throwIfAborted();
      const sums = await bothSums(sessions, entity, range);
      compared += sums[options.source].rows;
      options.onProgress?.(entity.name, compared);
      if (!isSame(sums.legacy, sums.candidate)) await collect(sessions, entity, range, found, signal);
      isCut ||= found.length >= maxDifferences;
      if (found.length >= maxDifferences) break;
    }
    if (found.length > 0) suspects.push({ entity, keys: found });
  }
  const settled: Settled[] = [];
  for (const { entity, keys } of suspects) settled.push(await settle(sessions, entity, keys, { ...options, settleMs }));
  const differences = settled.flatMap(({ different }) => different);
  return {
    compared,
    differences: differences.slice(0, maxDifferences),
    moving: settled.reduce((sum, { moving }) => sum + moving, 0),
    isCut: isCut && differences.length > 0,
  };
}

export interface VerifyKeysOptions {
  readonly mapping: Mapping;
  readonly keys: ChangedKeys;
  readonly signal?: AbortSignal | undefined;
}

/** Compares these entities alone, at a moment at which nothing is on its way. */
export async function verifyKeys(
  sessions: Sessions,
  { mapping, keys, signal }: VerifyKeysOptions,
): Promise<Verification> {
  let compared = 0;
  const differences: Difference[] = [];
  for (const entity of mapping.entities) {
    const all = keys.get(entity.name) ?? [];
    for (let at = 0; at < all.length && differences.length < maxDifferences; at += defaultRangeRows) {
      signal?.throwIfAborted();
      const some = all.slice(at, at + defaultRangeRows);
      const { different } = await settle(sessions, entity, some, { settleMs: 0, signal });
      differences.push(...different);
      compared += some.length;
    }
  }
  const isCut = differences.length >= maxDifferences;
  return { compared, differences: differences.slice(0, maxDifferences), moving: 0, isCut };
}

async function* rangesOf(
  sessions: Sessions,
  entity: Entity,
  { source, rangeRows = defaultRangeRows }: VerifyOptions,
): AsyncGenerator<KeyRange> {
  for (let after: string | undefined; ;) {
    const upTo = await keyAt(sessions[source], source, entity, { after, upTo: undefined }, rangeRows);
    yield { after, upTo };
    if (upTo === undefined) return;
    after = upTo;
  }
}

async function bothSums(sessions: Sessions, entity: Entity, range: KeyRange) {
  const [legacy, candidate] = await Promise.all([
    checksum(sessions.legacy, "legacy", entity, range),
    checksum(sessions.candidate, "candidate", entity, range),
  ]);
  return { legacy, candidate };
}

type Sum = Awaited<ReturnType<typeof checksum>>;

function isSame(left: Sum, right: Sum): boolean {
  return left.rows === right.rows && left.hash === right.hash;
}

/** Puts the keys of a range that differ into `found`, until that has 100. */
async function collect(
  sessions: Sessions,
  entity: Entity,
  range: KeyRange,
  found: string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  if (found.length >= maxDifferences) return;
  const sums = await bothSums(sessions, entity, range);
  if (isSame(sums.legacy, sums.candidate)) return;
  const larger = sums.legacy.rows >= sums.candidate.rows ? "legacy" : "candidate";
  const { rows } = sums[larger];
  const middle =
    rows <= fewRows ? undefined : await keyAt(sessions[larger], larger, entity, range, Math.floor(rows / 2));
  if (middle !== undefined) {
    await collect(sessions, entity, { ...range, upTo: middle }, found, signal);
    await collect(sessions, entity, { ...range, after: middle }, found, signal);
    return;
  }
  const [legacy, candidate] = await Promise.all([
    hashes(sessions.legacy, "legacy", entity, range),
    hashes(sessions.candidate, "candidate", entity, range),
  ]);
  const keys = new Set([...legacy.keys(), ...candidate.keys()]);
  found.push(...[...keys].filter((key) => legacy.get(key) !== candidate.get(key)));
}
