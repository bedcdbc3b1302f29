import type { HistoryEntry, RampFigures } from "@banyan/strangler";

/** The numbers of a step, as the history keeps them; of one that has not begun, none. */
export function factsOf(figures: RampFigures): HistoryEntry["facts"] {
  const { legacy, candidate, compared, slow, boundMs, instances } = figures;
  if (instances === 0) return {};
  return {
    percentBefore: figures.percent,
    seconds: Math.round(figures.seconds),
    splits: instances,
    legacyCalls: legacy.calls,
    legacyFailures: legacy.failures,
    candidateCalls: candidate.calls,
    candidateFailures: candidate.failures,
    compared: compared.calls,
    mismatched: compared.hits,
    ...(boundMs !== undefined &&
      boundMs !== Infinity && {
        slowerThanMs: boundMs,
        candidateSlower: slow.candidate.hits,
        legacySlower: slow.legacy.hits,
      }),
  };
}
