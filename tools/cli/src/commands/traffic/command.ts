import { ExpectedError } from "@banyan/service";
import {
  formatTrafficRule,
  legacyRule,
  noRule,
  parseTrafficRule,
  TrafficRuleError,
  type TrafficRule,
} from "@banyan/strangler";
import type { Command } from "../../command.ts";
import { changeRule } from "../../traffic/change-rule.ts";
import { openTraffic } from "../../traffic/open-traffic.ts";
import { trafficFailure } from "../../traffic/traffic-failure.ts";
import { readTrafficArguments, type TrafficArguments } from "./arguments.ts";

const usage = `usage: banyan traffic <service> [--mode off|shadow|split|all] [--percent <percent>] [--mirror <percent>]
                      [--ignore <field>,…]

Changes the traffic rule of a service by hand, at once and with no guard but that of the splits; without flags it prints the
rule. What is not named stays as it is. A ramp that is under way ends.

  --mode     off: the legacy answers all reads; shadow: and the candidate is asked as well; split: the candidate has its
             percentage; all: it has everything, and the legacy is not asked
  --percent  the candidate's share of the reads, in [0, 100]; the mode is split with it
  --mirror   the share of the reads that the other side is asked as well, to compare, in [0, 100]
  --ignore   fields that are not compared, in the place of those that are ignored now, as in order.state or, of one method,
             GetOrder/order.state; "" for none

exit codes: 0, 1 when etcd cannot be reached or somebody else was faster, 2 when an argument is wrong
`;

export const traffic: Command = {
  summary: "shows the traffic rule of a service, or changes it by hand",
  usage,

  async run(args, terminal) {
    const asked = readTrafficArguments(args);
    const { service } = asked;
    await using opened = openTraffic(terminal);
    const { store, endpoints } = opened;
    try {
      const stored = await store.read(service);
      const before = stored?.rule ?? legacyRule;
      const after = changed(before, asked);
      if (after === before) {
        terminal.stdout.write(`${stored === undefined ? "no rule: all is the legacy's" : formatTrafficRule(before)}\n`);
        return;
      }
      await changeRule(store, {
        service,
        rule: after,
        expectedRevision: stored?.revision ?? noRule,
        reason: "by hand",
      });
      terminal.stdout.write(`${service}: ${formatTrafficRule(after)}\n`);
    } catch (error) {
      throw trafficFailure(error, endpoints);
    }
  },
};

/** @throws {ExpectedError} when it is no rule then */
function changed(rule: TrafficRule, { mode, percent, mirrorPercent, ignore }: TrafficArguments): TrafficRule {
  if ([mode, percent, mirrorPercent, ignore].every((flag) => flag === undefined)) return rule;
  const { shadow: before } = rule;
  const shadow = { ...before, percent: mirrorPercent ?? before.percent, ignore: ignore ?? before.ignore };
  const next = {
    ...rule,
    mode: mode ?? (percent === undefined ? rule.mode : "split"),
    percent: percent ?? rule.percent,
  };
  try {
    return parseTrafficRule({ ...next, shadow });
  } catch (error) {
    if (error instanceof TrafficRuleError) throw new ExpectedError(error.message, { cause: error });
    throw error;
  }
}
