import type { BalancedInstance } from "../instance.ts";
import type { Lineup } from "../lineup.ts";
import type { Settings } from "../options.ts";
import { EarliestDeadline } from "./earliest-deadline.ts";
import type { ForcedPicks } from "./forced-picks.ts";
import { byCallsInFlight } from "./least-request.ts";
import { byPeakEwma } from "./peak-ewma.ts";
import type { Picker } from "./picker.ts";
import { Rendezvous } from "./rendezvous.ts";
import { RoundRobin } from "./round-robin.ts";
import { TwoChoices } from "./two-choices.ts";

/** Makes the picker of a lineup. */
export function pickerOf<I extends BalancedInstance>(
  lineup: Lineup<I>,
  { strategy, latency }: Settings,
  random: () => number,
  forcedPicks: ForcedPicks,
): Picker<I> {
  switch (strategy) {
    case "peak_ewma":
      return new TwoChoices(lineup, byPeakEwma(latency, forcedPicks), random);
    case "least_request":
      return new TwoChoices(lineup, byCallsInFlight, random);
    case "round_robin":
    case "weighted_round_robin":
      return lineup.even ? new RoundRobin(lineup.members, random()) : new EarliestDeadline(lineup, random);
    case "rendezvous":
      return new Rendezvous(lineup.available, new TwoChoices(lineup, byPeakEwma(latency, forcedPicks), random));
    default:
      return strategy satisfies never;
  }
}
