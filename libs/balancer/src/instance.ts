import { defaultWeight, weightBounds } from "./defaults.ts";

/** One instance of a service, as discovery knows it. */
export interface BalancedInstance {
  /** Tells it from its neighbours. */
  readonly id: string;
  /** Where it runs; one without a zone is in nobody's own zone. */
  readonly zone?: string;
  /** How much it can take compared with its neighbours, in [1, 10000]; by default 10. */
  readonly weight?: number;
}

/**
 * The weight of an instance. It comes from the network, where one bad record must not cost its neighbours their calls: a
 * weight out of bounds counts as the bound, one that is no number as the default.
 */
export function weightOf({ weight = defaultWeight }: BalancedInstance): number {
  if (Number.isNaN(weight)) return defaultWeight;
  return Math.min(weightBounds.max, Math.max(weightBounds.min, weight));
}
