import type { HistoryEntry } from "@banyan/strangler";

/** What was done, why, and by which numbers, in one line. */
export function entryText({ what, reason, facts }: HistoryEntry): string {
  switch (what) {
    case "step":
      return `step to ${facts["percent"]} %${seenText(facts)}`;
    case "rule":
      return `rule ${reason}: mode ${facts["mode"]}, ${facts["percent"]} %, ${facts["mirrored"]} % mirrored`;
    case "rollback":
      return `rolled back to 0 %: ${reason}`;
    default:
      return reason === "" ? what : `${what}: ${reason}`;
  }
}

function seenText(facts: HistoryEntry["facts"]): string {
  if (facts["percentBefore"] === undefined) return "";
  const { percentBefore, seconds, candidateCalls, candidateFailures, mismatched, compared } = facts;
  return (
    `: at ${percentBefore} % for ${seconds} s, ${candidateFailures} of ${candidateCalls} calls failed on the candidate, ` +
    `${mismatched} of ${compared} answers differ`
  );
}
