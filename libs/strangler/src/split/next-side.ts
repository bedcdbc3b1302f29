import { Code, type ConnectError } from "@connectrpc/connect";
import { outcomeOf } from "../outcome.ts";
import type { TrafficRule } from "../rule/traffic-rule.ts";
import type { Side } from "../side.ts";

export interface NextSide {
  readonly side: Side;
  /** `fallback`: the candidate has failed. `read miss`: what was looked for may be with the owner of the writes alone. */
  readonly why: "fallback" | "read miss";
}

/** Who is asked after a read has ended with an error; undefined when that is the answer. */
export function nextSide(
  { fallback, readMissFallback, writes }: Pick<TrafficRule, "fallback" | "readMissFallback" | "writes">,
  asked: Side,
  error: ConnectError,
): NextSide | undefined {
  if (fallback && asked === "candidate" && outcomeOf(error) === "failed") return { side: "legacy", why: "fallback" };
  if (readMissFallback && asked !== writes.owner && error.code === Code.NotFound) {
    return { side: writes.owner, why: "read miss" };
  }
  return undefined;
}
