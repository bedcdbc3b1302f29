import { ExpectedError } from "@banyan/service";
import { reasonText } from "@banyan/strangler";
import type { Command } from "../../command.ts";
import { actor } from "../../traffic/actor.ts";
import { changeRule } from "../../traffic/change-rule.ts";
import { openTraffic, type Traffic } from "../../traffic/open-traffic.ts";
import { trafficFailure } from "../../traffic/traffic-failure.ts";
import type { Terminal } from "../../terminal.ts";
import { readRampArguments, type RampArguments } from "./arguments.ts";
import { findBeginning } from "./first-rule.ts";
import { RampDriver } from "./ramp-driver.ts";
import type { RampOutcome } from "./ramp-outcome.ts";
import { rampView } from "./ramp-view.ts";

const usage = `usage: banyan ramp <service> --to <percent> [flags]

Gives the candidate more and more of the reads of a service, as far as <percent>. Each step is held until enough calls were
seen on both sides. When too many of the candidate's calls fail, are slow, or are answered otherwise than by the legacy, or
the guard of a split opens, the candidate gets nothing any more, at once. A <percent> below the one that holds is set at
once: --to 0 is the way back.

  --steps 1,5,25,50,100       those below --to are taken, and those that hold already are left out; a first step of 0 only
                              mirrors calls, and harms nobody
  --mirror 10                 the percentage of the reads that the other side is asked as well meanwhile, to compare
  --min-seconds 10            a step lasts at least so long, in [0, 86400]
  --max-seconds 1800          a step that has not seen enough by then is the last one, in [1, 604800]
  --min-calls 200             so many calls are to be seen on each side, in [1, 1000000000]
  --max-error-percent 1       so many failures, and twice the legacy's, are too many, in [0.001, 50]; a tenth is tolerated
  --max-mismatch-percent 0.5  so many answers that differ are too many, in [0.001, 50]; a tenth is tolerated
  --max-slow-percent 5        so many calls that take longer than 99 % of the legacy's are too many, in [2, 50]
  --slower-by-ms 10           and longer by more than this, in [0, 10000]
  --warm-up-calls 50          how long the candidate's first calls take is not judged, in [0, 1000000000]
  --take-over                 after a ramp that was killed, and could not say that it ended

Ctrl-C leaves the rule where it is. Where somebody else changes the rule, the ramp ends and leaves it alone. Every step and
its numbers are in banyan history <service>.

environment: ETCD_ENDPOINTS (default http://localhost:2379) and the others of banyan instances

exit codes: 0 when <percent> is reached; 1 when it is not, with the reason; 2 when an argument is wrong
`;

export const ramp: Command = {
  summary: "gives the candidate of a service more and more of its reads, and takes them back when it is worse",
  usage,

  async run(args, terminal) {
    const asked = readRampArguments(args);
    await using traffic = openTraffic(terminal);
    try {
      await rampOn(traffic, asked, terminal);
    } catch (error) {
      throw trafficFailure(error, traffic.endpoints);
    }
  },
};

async function rampOn({ store }: Traffic, asked: RampArguments, terminal: Terminal): Promise<void> {
  const { service, to } = asked;
  const beginning = await findBeginning(store, asked);
  if (to < beginning.percent) {
    const rule = { ...beginning.rule, mode: "split", percent: to } as const;
    await changeRule(store, { service, rule, expectedRevision: beginning.revision, reason: "back by hand" });
    terminal.stdout.write(`${service}: ${beginning.percent} % -> ${to} %\n`);
    return;
  }
  using interruption = terminal.interruption();
  const view = rampView(terminal.stdout, service);
  const driver = new RampDriver({
    store,
    asked,
    beginning,
    by: actor(),
    onEntry: (entry) => view.entry(entry),
    onFigures: (figures, waitingFor) => view.figures(figures, waitingFor),
    onWarning: (text) => view.warning(text),
  });
  const outcome = await driver.run(interruption.signal);
  if (outcome.tag !== "done") throw new ExpectedError(endText(outcome, asked));
}

/** What to know, and to do next, in one line. */
function endText(outcome: Exclude<RampOutcome, { tag: "done" }>, { service, to }: RampArguments): string {
  const again = `banyan ramp ${service} --to ${to}`;
  switch (outcome.tag) {
    case "rolled back":
      return `${service} was rolled back from ${outcome.percent} % to 0 %: ${reasonText(outcome.reason)}`;
    case "stalled":
      return `${service} is left at ${outcome.percent} %, for it has waited too long for ${outcome.waitingFor.join(", ")}: go on with ${again} where there are more calls`;
    case "interrupted":
      return `${service} is left at ${outcome.percent} %: go on with ${again}, or take it back with --to 0`;
    case "superseded": {
      const broken = outcome.reason === undefined ? "" : `; it was to be rolled back for ${reasonText(outcome.reason)}`;
      return `somebody else has changed the rule of ${service}, and it is left as they have it: see banyan status ${service}${broken}`;
    }
    default:
      return outcome satisfies never;
  }
}
