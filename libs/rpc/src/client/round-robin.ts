import type { DiscoveredInstance } from "./discovery.ts";

/** Chooses among the instances of one snapshot; an update makes a new one. */
export interface Picker {
  /**
   * @param tried ids that must not be chosen
   * @returns undefined when there is nothing left to choose
   */
  pick(tried: ReadonlySet<string>): DiscoveredInstance | undefined;
}

/**
 * Takes turns.
 *
 * @param start a whole number that decides whose turn is first: random, so that callers that start together, or hear of
 *   an update together, do not all begin with the same instance
 */
export function roundRobin(instances: readonly DiscoveredInstance[], start: number): Picker {
  let turn = start;
  return {
    pick(tried) {
      for (let step = 0; step < instances.length; step++) {
        const instance = instances[turn++ % instances.length];
        if (instance !== undefined && !tried.has(instance.id)) return instance;
      }
      return undefined;
    },
  };
}
