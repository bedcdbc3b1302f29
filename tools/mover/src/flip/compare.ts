import { ExpectedError } from "@banyan/service";
import type { Side } from "@banyan/strangler";
import { readBackfill } from "../move/backfill.ts";
import { readNoted } from "../verify/noting.ts";
import { verify, verifyKeys } from "../verify/verify.ts";
import { tryCarry } from "./carry-all.ts";
import { FlipUndoneError, type FlipOptions } from "./flip-options.ts";

/** How often a long comparison is told of, in entities. */
const toldEvery = 500_000;

/**
 * Everything that can be known before anybody has to wait: both sides are compared as a whole. What changes from now on is
 * noted already.
 *
 * @throws {FlipUndoneError}
 */
export async function compareBefore(options: FlipOptions, from: Side, signal: AbortSignal): Promise<void> {
  const { mapping, sessions, onStep } = options;
  const unfilled = (await readBackfill(sessions.candidate, mapping)).filter(({ done }) => !done);
  if (from === "legacy" && unfilled.length > 0) {
    const names = unfilled.map(({ entity }) => entity).join(", ");
    throw new FlipUndoneError(`the backfill of ${names} is not done: let the mover run until it is`);
  }
  await tryCarry({ mapping, sessions }, from);
  let told = 0;
  const { differences, compared, moving } = await verify(sessions, {
    mapping,
    source: from,
    signal,
    onRecheck: () => tryCarry({ mapping, sessions }, from),
    onProgress(entity, count) {
      if (count - told < toldEvery) return;
      told = count;
      onStep?.(`${count} entities compared, the last of ${entity}; nobody waits yet`);
    },
  });
  if (differences.length > 0) {
    throw new FlipUndoneError(
      `${differences.length} of ${compared} entities differ: verify names them; is the mover running?`,
    );
  }
  onStep?.(
    `${compared} entities were compared before${moving > 0 ? `, ${moving} of them are changing all the time` : ""}`,
  );
}

/** Compares what has changed since `compareBefore`, while nobody can write and nothing is on its way. */
export async function compareHeld(
  { mapping, sessions, onStep }: FlipOptions,
  from: Side,
  noting: string,
  signal: AbortSignal,
): Promise<void> {
  const keys = await readNoted(sessions[from], mapping, noting);
  const { differences, compared } =
    keys === undefined
      ? await verify(sessions, { mapping, source: from, settleMs: 0, signal })
      : await verifyKeys(sessions, { mapping, keys, signal });
  if (differences.length > 0) throw new ExpectedError(`${differences.length} entities differ: see verify`);
  onStep?.(
    keys === undefined
      ? `${compared} entities are the same on both sides`
      : `${compared} entities that have changed since are the same on both sides`,
  );
}
