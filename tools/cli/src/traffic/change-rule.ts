import { ExpectedError } from "@banyan/service";
import type { TrafficStore } from "@banyan/strangler";
import { actor } from "./actor.ts";
import type { RuleWrite } from "./write-rule.ts";

/**
 * Writes a rule by hand, and keeps it in the history.
 *
 * @throws {ExpectedError} when somebody else has changed it since it was read
 */
export async function changeRule(
  store: Pick<TrafficStore, "write" | "appendHistory">,
  { service, rule, expectedRevision, reason }: RuleWrite & { readonly reason: string },
): Promise<void> {
  const revision = await store.write(service, rule, expectedRevision);
  if (revision === "conflict") {
    throw new ExpectedError(
      `somebody else has changed the rule of ${service} at this moment: look at it, and try again`,
    );
  }
  const { mode, percent, shadow } = rule;
  const facts = { mode, percent, mirrored: shadow.percent };
  const at = new Date().toISOString();
  await store.appendHistory(service, { at, by: actor(), what: "rule", reason, revision: String(revision), facts });
}
