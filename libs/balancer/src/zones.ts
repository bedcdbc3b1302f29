import { zoneOverprovision, zonePreferenceMinimum } from "./defaults.ts";

/** What one instance contributes to its zone. */
export interface ZonedCapacity {
  readonly zone: string | undefined;
  readonly weight: number;
}

/** The factors by which the weights of available instances are multiplied; 0 for a zone that is not called. */
export interface ZoneFactors {
  readonly own: number;
  readonly others: number;
}

const noPreference: ZoneFactors = { own: 1, others: 1 };

/**
 * Divides calls between the own zone and the others.
 *
 * Callers are taken to be spread evenly over the zones that have instances, so the fair part of each zone is the whole
 * capacity divided by the number of zones. The own zone takes all calls while what is available there, times 1.4, covers
 * that part; below it, it takes as much of the calls as it covers of its part, and the other zones take the rest by weight.
 * With fewer than two available instances in the own zone there is no preference: of one there is nothing to choose.
 *
 * @param all also those that may not be called now
 * @param available those of them that may
 */
export function zoneFactors(
  all: readonly ZonedCapacity[],
  available: readonly ZonedCapacity[],
  ownZone: string | undefined,
): ZoneFactors {
  if (ownZone === undefined) return noPreference;
  const local = available.filter(({ zone }) => zone === ownZone);
  if (local.length < zonePreferenceMinimum) return noPreference;

  const own = sum(local);
  const others = sum(available) - own;
  const zones = new Set(all.map(({ zone }) => zone)).size;
  const covered = Math.min(1, (zoneOverprovision * own * zones) / sum(all));
  if (others === 0 || covered === 1) return { own: 1, others: 0 };
  return { own: covered / own, others: (1 - covered) / others };
}

function sum(capacities: readonly ZonedCapacity[]): number {
  return capacities.reduce((total, { weight }) => total + weight, 0);
}
