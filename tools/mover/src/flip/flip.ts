import { EtcdUnreachableError } from "@banyan/registry";
import { ExpectedError } from "@banyan/service";
import { leaveRole, takeRole } from "../database/single-holder.ts";
import { keepClosed, readFences, sourceOf, turnFence } from "../fence/fence.ts";
import { remember } from "../rule/remember.ts";
import { withReadMisses } from "../rule/read-misses.ts";
import { beginNoting, endNoting } from "../verify/noting.ts";
import { awaitSplits } from "./await-splits.ts";
import { carryAll } from "./carry-all.ts";
import { compareBefore, compareHeld } from "./compare.ts";
import { FlipUndoneError, type Flipped, type FlipOptions, type Plan } from "./flip-options.ts";
import { handOver, recover, writeOwner } from "./recover.ts";
import { reasonOf, undo } from "./undo.ts";

/** What is kept of the pause for the last steps, which come after the decision. */
const marginMs = 500;
/** A transaction that has not ended by then is one that keeps all others waiting. */
const closeMs = 4000;

/**
 * Hands the writes of a service over to the other side. Writes are held meanwhile, for `pauseSeconds` at most; then, with
 * the old owner's database closed, everything on the other side and compared, the new owner's is opened.
 *
 * Until the old owner's database is kept closed for good, whatever fails puts things back as they were, and so does the
 * death of this process: its fence opens by itself. After that moment a flip is ended, by whoever comes next.
 *
 * @throws {FlipUndoneError} when the writes stay where they were
 * @throws {RoleTakenError} when another flip is under way
 */
export async function flip(options: FlipOptions, signal: AbortSignal): Promise<Flipped> {
  const { sessions, mapping } = options;
  await takeRole(sessions.candidate, mapping, "flip", 2000);
  try {
    return await flipAlone(options, signal);
  } finally {
    await leaveRole(sessions.candidate, mapping, "flip").catch(() => undefined); // it ends with the session
  }
}

async function flipAlone(options: FlipOptions, signal: AbortSignal): Promise<Flipped> {
  const { sessions, mapping, store, to, onStep } = options;
  const recovery = await recover(sessions, { mapping, store, by: options.by });
  if (recovery !== "nothing") onStep?.(`a flip that was killed is ${recovery}`);
  const fences = await readFences(sessions, mapping);
  const from = sourceOf(fences);
  if (from === to) return { tag: "was", epoch: fences[to].epoch, pausedMs: 0 };

  const stored = await store.read(mapping.service);
  if (stored === undefined) throw new FlipUndoneError(`there is no /traffic/${mapping.service}: run setup`);
  const next = [BigInt(stored.rule.writes.epoch), fences.legacy.epoch, fences.candidate.epoch];
  const epoch = next.reduce((highest, each) => (each > highest ? each : highest)) + 1n;
  const noting = await beginNoting(sessions[from], mapping);
  try {
    await compareBefore(options, from, signal);
    return await holdingWrites(options, { stored, fences, from, epoch, noting }, signal);
  } finally {
    await endNoting(sessions[from], mapping).catch(() => undefined); // it is over by itself
  }
}

async function holdingWrites(options: FlipOptions, plan: Plan, signal: AbortSignal): Promise<Flipped> {
  const { sessions, mapping, store, to, pauseSeconds = 15, onStep, by } = options;
  const { stored, fences, from, epoch } = plan;
  const pause = { seconds: pauseSeconds, waitMs: pauseSeconds * 1000 };
  const pausedAt = performance.now();
  const leftMs = (): number => pausedAt + pauseSeconds * 1000 - marginMs - performance.now();
  const paused = { ...withReadMisses(stored.rule), writes: { ...stored.rule.writes, pause } };
  const revision = await store.write(mapping.service, paused, stored.revision).catch((error: unknown) => {
    if (!(error instanceof EtcdUnreachableError)) throw error;
    throw new FlipUndoneError(`${error.message}: try again when etcd answers; a pause that was written ends by itself`);
  });
  if (revision === "conflict")
    throw new FlipUndoneError(`somebody else has just changed /traffic/${mapping.service}: try again`);

  let isClosed = false;
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, Math.floor(leftMs())))]);
    onStep?.(`writes are held, for ${pauseSeconds} s at most`);
    const open = await awaitSplits(store, { service: mapping.service, revision, signal: inTime });
    if (open.length > 0) onStep?.(`${open.join(", ")} have not told that they hold them: the fence holds theirs`);

    await sessions[from].query(`set lock_timeout = ${Math.max(1, Math.floor(Math.min(closeMs, leftMs())))}`);
    const turn = {
      expected: fences[from].epoch,
      next: epoch,
      here: false,
      reopensAfter: Math.max(0.1, leftMs() / 1000),
    };
    isClosed = true; // also when the answer is lost
    if (!(await turnFence(sessions[from], mapping, turn))) throw new ExpectedError("the fence has turned meanwhile");
    onStep?.(`the ${from} database takes no writes any more`);

    await carryAll(options, from, inTime);
    onStep?.("the lag is zero");
    await compareHeld(options, from, plan.noting, inTime);

    const current = await store.read(mapping.service);
    if (current?.revision !== revision) throw new ExpectedError("somebody else has changed the rule meanwhile");
    inTime.throwIfAborted();
    if (!(await keepClosed(sessions[from], mapping, epoch))) throw new ExpectedError("the pause was over");
  } catch (error) {
    throw await undo(options, plan, isClosed, reasonOf(error, signal, pauseSeconds));
  }
  const flippedAt = await end(options, plan);
  const pausedMs = Math.round(performance.now() - pausedAt);
  await remember(store, mapping, {
    by,
    what: to === "candidate" ? "flip" : "flip back",
    reason: `writes went from ${from} to ${to}`,
    revision: String(flippedAt),
    facts: { epoch: Number(epoch), pausedMs },
  });
  return { tag: "flipped", epoch, pausedMs };
}

/** What is left after the decision. It is not interrupted, and can only be ended. @returns the revision of the rule */
async function end({ sessions, mapping, store, to }: FlipOptions, { fences, from, epoch }: Plan): Promise<bigint> {
  try {
    await handOver(sessions, mapping, { fences, from, epoch });
    return await writeOwner(store, mapping, to, epoch);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new ExpectedError(
      `the flip is decided and not ended (${cause}): writes of ${mapping.service} are refused until a mover runs, or flip again`,
    );
  }
}
