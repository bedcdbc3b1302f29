import type { Transport } from "@connectrpc/connect";
import type { RuleInEffect, RuleSource } from "../rule/rule-source.ts";
import { splitTransport, type SplitOptions, type SplitTransport } from "../split/split-transport.ts";

/**
 * Calls of one service, all of them made of the legacy, and mirrored to the candidate as the rule's `shadow` says in the modes
 * shadow and split. For those who split elsewhere, or not yet: {@link splitTransport} mirrors by itself.
 */
export function shadowTransport(
  legacy: Transport,
  candidate: Transport,
  rule: RuleSource,
  options: SplitOptions,
): SplitTransport {
  return splitTransport(legacy, candidate, legacyAlone(rule), options);
}

/** A rule that leaves everything with the legacy, and the writes' epoch to whoever owns them. */
function legacyAlone(source: RuleSource): RuleSource {
  let seen = source.current;
  let shown = withLegacy(seen);
  return {
    get current() {
      if (seen !== source.current) {
        seen = source.current;
        shown = withLegacy(seen);
      }
      return shown;
    },
    subscribe: (listener) => source.subscribe((current) => listener(withLegacy(current))),
  };
}

function withLegacy({ rule, ...effect }: RuleInEffect): RuleInEffect {
  const mode = rule.mode === "shadow" || rule.mode === "split" ? "shadow" : "off";
  return { ...effect, rule: { ...rule, mode, percent: 0, override: false, writes: { owner: "legacy", epoch: 0 } } };
}
