import { leastAdvantage, type Choice, type Preference } from "./two-choices.ts";

/** Prefers the instance with fewer calls in flight for its weight; open streams count. */
export const byCallsInFlight: Preference = (first, second) =>
  loadOf(first) > loadOf(second) * leastAdvantage(first, second, 1);

function loadOf({ member, strain }: Choice): number {
  return member.inFlight * strain + 1;
}
