import { otherThan, type Side, type TrafficStore } from "@banyan/strangler";
import type { Sessions } from "../database/session.ts";
import { leaveRole, tryRole } from "../database/single-holder.ts";
import { readFences, reopen, sourceOf, turnFence, type Fences } from "../fence/fence.ts";
import type { Mapping } from "../mapping/mapping.ts";
import { changeRule, unpaused } from "../rule/change-rule.ts";
import { remember } from "../rule/remember.ts";

/**
 * What was to be done about a flip that somebody else has begun and not ended: nothing, or it was undone, or it was ended,
 * because it was decided.
 */
export type Recovery = "nothing" | "undone" | "ended";

export interface RecoverOptions {
  readonly mapping: Mapping;
  readonly store: TrafficStore;
  /** Who does it, for the history. */
  readonly by: string;
}

/**
 * Puts things in order that a killed flip has left, and keeps that in the history. To be called by one who has the role
 * `flip`, so that none is under way.
 *
 * The fences decide. A flip is decided at the moment in which the old owner's fence is kept closed for good: until then it
 * is undone, from then on it is ended. (A fence that was closed for a time, and was not kept closed, has opened by itself.)
 */
export async function recover(sessions: Sessions, options: RecoverOptions): Promise<Recovery> {
  const { mapping, store, by } = options;
  const recovery = await putInOrder(sessions, options);
  if (recovery !== "nothing") {
    await remember(store, mapping, { by, what: `flip ${recovery}`, reason: "its process had been killed", facts: {} });
  }
  return recovery;
}

async function putInOrder(sessions: Sessions, { mapping, store }: RecoverOptions): Promise<Recovery> {
  const fences = await readFences(sessions, mapping);
  const source = sourceOf(fences);
  const { here, closed, epoch } = fences[source];
  if (closed === "for a time" || closed === "reopened") {
    await reopen(sessions[source], mapping, epoch);
    await removePause(store, mapping);
    return "undone";
  }
  if (!here) {
    await handOver(sessions, mapping, { fences, from: source, epoch });
    await writeOwner(store, mapping, otherThan(source), epoch);
    return "ended";
  }
  const { rule } = await removePause(store, mapping);
  if (rule.writes.owner === source) return "nothing";
  await writeOwner(store, mapping, source, epoch);
  return "ended";
}

/**
 * {@link recover}, where the databases, or who has the writes by the rule, tell of a flip that was not ended, and nobody is
 * at it.
 *
 * @param owner by the rule, as far as it is known
 */
export async function recoverIfAlone(
  sessions: Sessions,
  { owner, ...options }: RecoverOptions & { readonly owner: Side | undefined },
): Promise<Recovery> {
  const { mapping } = options;
  const fences = await readFences(sessions, mapping);
  const source = sourceOf(fences);
  const isEnded = fences[source].closed === "not" && (owner === undefined || owner === source);
  if (isEnded || !(await tryRole(sessions.candidate, mapping, "flip"))) return "nothing";
  try {
    return await recover(sessions, options);
  } finally {
    await leaveRole(sessions.candidate, mapping, "flip");
  }
}

export interface HandOver {
  readonly fences: Fences;
  readonly from: Side;
  /** The one that the old owner was closed at. */
  readonly epoch: bigint;
}

/** Opens the fence of the new owner. It is for one who has kept the other one closed. */
export async function handOver(sessions: Sessions, mapping: Mapping, { fences, from, epoch }: HandOver): Promise<void> {
  const to = otherThan(from);
  const turned = await turnFence(sessions[to], mapping, { expected: fences[to].epoch, next: epoch, here: true });
  if (!turned) throw new Error(`the fence of the ${to} has turned while only one process could turn it`);
}

/** Tells everybody who has the writes now, and that they go on. The epoch never runs backwards. */
export async function writeOwner(store: TrafficStore, mapping: Mapping, owner: Side, epoch: bigint): Promise<bigint> {
  const { revision } = await changeRule(store, mapping.service, (rule) => {
    const next = unpaused(rule);
    const isOther = rule.writes.owner !== owner;
    const higher = Math.max(Number(epoch), rule.writes.epoch + (isOther ? 1 : 0));
    return { ...next, writes: { owner, epoch: higher } };
  });
  return revision;
}

export function removePause(store: TrafficStore, { service }: Mapping) {
  return changeRule(store, service, (rule) => (rule.writes.pause === undefined ? undefined : unpaused(rule)));
}
