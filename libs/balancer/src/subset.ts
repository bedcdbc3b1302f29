import { hashPair, hashText } from "./hash.ts";
import type { BalancedInstance } from "./instance.ts";

export interface SubsetOptions {
  /** Tells this client from the others: each has another subset. A process that restarts under the same id keeps its own. */
  readonly clientId: string;
  /** How many instances this client calls, at most: a whole number in [1, 10000]. */
  readonly size: number;
}

/**
 * The instances of a large fleet that one client calls: those that score highest for it (rendezvous hashing). An instance
 * that joins or leaves changes the subset of a client by that one instance, or by the one that takes its place. The order
 * of `instances` is kept and makes no difference.
 *
 * @see https://github.com/grpc/proposal/blob/master/A68-random-subsetting.md
 */
export function subsetOf<I extends BalancedInstance>(
  instances: readonly I[],
  { clientId, size }: SubsetOptions,
): readonly I[] {
  if (instances.length <= size) return instances;
  const client = hashText(clientId);
  const scored = instances.map((instance) => ({ instance, score: hashPair(hashText(instance.id), client) }));
  const best = scored.toSorted((a, b) => b.score - a.score || (a.instance.id < b.instance.id ? -1 : 1));
  const chosen = new Set(best.slice(0, size).map(({ instance }) => instance.id));
  return instances.filter(({ id }) => chosen.has(id));
}
