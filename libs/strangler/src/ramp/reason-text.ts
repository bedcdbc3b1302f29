import type { RollbackReason } from "./ramp.ts";
import type { Sample } from "./sequential-test.ts";

/** Why a candidate was rolled back, in one line. */
export function reasonText(reason: RollbackReason): string {
  if (reason.tag === "split guard")
    return `the guard of ${reason.instances.join(", ")} has opened: too many calls fail`;
  const { guard, candidate, legacy, boundMs, fields } = reason;
  switch (guard) {
    case "errors":
      return `errors: ${share(candidate)} failed on the candidate, ${share(legacy)} on the legacy`;
    case "mismatches":
      return `mismatches: ${share(candidate)} that were compared differ${fields.length > 0 ? `, in ${fields.join(", ")}` : ""}`;
    case "latency":
      return `latency: ${share(candidate)} took more than ${boundMs} ms on the candidate, ${share(legacy)} on the legacy`;
    default:
      return guard satisfies never;
  }
}

function share({ calls, hits }: Sample): string {
  return `${hits} of ${calls} calls (${percentText(calls === 0 ? 0 : hits / calls)})`;
}

/** A part of a whole: `0.35 %`. */
function percentText(part: number): string {
  return `${(part * 100).toFixed(part >= 0.1 ? 0 : 2)} %`;
}
