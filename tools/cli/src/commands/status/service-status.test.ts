import { TrafficRuleError, parseTrafficRule } from "@banyan/strangler";
import { sampleReport } from "@banyan/strangler/testing";
import { describe, expect, it } from "vitest";
import { listed } from "../../testing/rows.ts";
import { warningsOf, type ServiceStatus } from "./service-status.ts";

const stored = { rule: parseTrafficRule({ mode: "split", percent: 5 }), revision: 7n };
const status = (more: Partial<ServiceStatus>): ServiceStatus => ({
  service: "user",
  stored,
  reports: [sampleReport()],
  listed: [listed("monolith", "monolith-1", "host:1")],
  ...more,
});

describe("what status warns of", () => {
  it.each<[string, Partial<ServiceStatus>, readonly string[]]>([
    ["nothing where all is well", {}, []],
    ["nothing where nothing is", { stored: undefined, reports: [] }, []],
    ["a rule that nobody follows", { reports: [] }, ["no split reports: nobody follows the rule"]],
    [
      "a split that does not report, beside one that does, and not of other services",
      {
        listed: ["monolith-1", "monolith-2"]
          .map((id) => listed("monolith", id, "host:1"))
          .concat(listed("order", "o", "host:2")),
      },
      ["/services/monolith/monolith-2 is listed, and its split of user does not report"],
    ],
    [
      "a split with another rule",
      { stored: { ...stored, revision: 9n } },
      ["monolith-1 follows the rule of revision 7, not 9"],
    ],
    [
      "a guard that is open",
      { reports: [sampleReport({ guard: "open" })] },
      ["the guard of monolith-1 is open: the candidate fails too often there"],
    ],
    [
      "two owners of the writes",
      {
        reports: [
          sampleReport(),
          sampleReport({
            instance: "other",
            writes: { owner: "candidate", epoch: 1, paused: false, inFlight: 0, waiting: 0 },
          }),
        ],
      },
      ["splits disagree on who owns the writes: legacy (epoch 0), candidate (epoch 1)"],
    ],
    [
      "a malformed rule",
      { stored: { malformed: new TrafficRuleError([{ field: "mode", rule: "one", value: '"x"' }]).message } },
      [expect.stringMatching(/^the rule is refused, and splits go on with the one before: .*mode/)],
    ],
  ])("%s", (_, more, warnings) => {
    expect(warningsOf(status(more))).toEqual(warnings);
  });
});
