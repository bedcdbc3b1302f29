import { isAvailable } from "./ejection/ejector.ts";
import type { BalancedInstance } from "./instance.ts";
import type { Member } from "./member.ts";
import type { Settings } from "./options.ts";
import { slowStartShare } from "./slow-start.ts";
import { zoneFactors } from "./zones.ts";

/** Who may be picked at one moment, and how often compared with the others: what a picker is made of. Immutable. */
export interface Lineup<I extends BalancedInstance> {
  readonly members: readonly Member<I>[];
  /** Of each member, above 0: its weight, in part while it starts slowly, as far as its zone is called. */
  readonly weights: readonly number[];
  /** Whether all weights are the same. */
  readonly even: boolean;
  /** Those that may be called, whatever their zone: in panic everybody. */
  readonly available: readonly Member<I>[];
  /** Too few instances are neither ejected nor unhealthy, so all are used. */
  readonly panic: boolean;
}

/** @param members all, also those who are ejected or unhealthy */
export function lineUp<I extends BalancedInstance>(
  members: readonly Member<I>[],
  { strategy, zone, slowStartMs, panicPercent }: Settings,
  now: number,
): Lineup<I> {
  const healthy = members.filter(isAvailable);
  const missing = members.length - healthy.length;
  const panic = missing > 0 && (healthy.length === 0 || missing * 100 > panicPercent * members.length);
  const available = panic ? members : healthy;

  const weigh = (member: Member<I>): number => (strategy === "round_robin" ? 1 : member.weight);
  const capacityOf = (member: Member<I>) => ({ zone: member.instance.zone, weight: weigh(member) });
  const factors = zoneFactors(members.map(capacityOf), available.map(capacityOf), zone);
  const factorOf = ({ instance }: Member<I>): number => (instance.zone === zone ? factors.own : factors.others);

  const lined = available.filter((member) => factorOf(member) > 0);
  const weights = lined.map((member) => weigh(member) * factorOf(member) * startShare(member, slowStartMs, now));
  return { members: lined, weights, even: weights.every((weight) => weight === weights[0]), available, panic };
}

function startShare({ standing }: Member<BalancedInstance>, slowStartMs: number, now: number): number {
  return standing.tag === "serving" ? slowStartShare(now - standing.sinceMs, slowStartMs) : 1;
}
