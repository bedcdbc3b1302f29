import { describe, expect, it } from "vitest";
import type { Bench } from "../../bench.ts";
import { Report } from "../../report.ts";
import type { LoadCase } from "../cases.ts";
import type { CaseOutcome } from "./outcome.ts";
import { reportCase, reportMemory } from "./tables.ts";

const bench: Bench = { name: "b", description: "D.", settings: {}, aims: [], run: async () => undefined };
const load: LoadCase = { name: "unary", words: "small", kind: "get", unit: "calls", payloadBytes: 0, messages: 0 };

describe("reportCase", () => {
  it("has a table for each side, and says who was left out and why", () => {
    const report = new Report();
    const outcome: CaseOutcome = {
      case: load,
      entries: [
        { name: "base", words: "Base", side: "server", samples: [{ perSecond: 100, serverMicros: 20 }] },
        { name: "fast", words: "Fast", side: "server", samples: [{ perSecond: 500, serverMicros: 5 }] },
        { name: "broken", words: "Broken", side: "server", samples: [], failure: "it burns" },
      ],
    };
    reportCase(report, outcome, "base");
    expect(report.toMarkdown(bench)).toBe(`## b

D.

### unary: small

| server under a neutral load | calls/s | ± % | to Base | by CPU | server CPU, µs | p50, µs | p99, µs | p99.9, µs |
| --------------------------- | ------: | --: | ------: | -----: | -------------: | ------: | ------: | --------: |
| Base                        |     100 |   0 |       1 |      1 |             20 |       – |       – |         – |
| Fast                        |     500 |   0 |       5 |      4 |              5 |       – |       – |         – |

- unary, server under a neutral load: Broken was left out: it burns
`);
  });
});

describe("reportMemory", () => {
  it("tells medians in KiB and MiB", () => {
    const report = new Report();
    const rounds = { idleBytes: [3 * 2 ** 20, 2 ** 20, 2 ** 20], perConnection: [2048, 1024, 4096], perStream: [512] };
    reportMemory(report, [{ name: "a", words: "A", ...rounds }]);
    expect(report.toMarkdown(bench)).toContain(
      "| A      |                    1 |                       2 |                 0.5 |",
    );
  });
});
