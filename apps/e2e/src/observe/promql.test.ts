import { describe, expect, it } from "vitest";
import { namesIn } from "./promql.ts";

describe("namesIn", () => {
  it.each([
    ["up", [{ metric: "up", matchers: [] }], []],
    [
      'sum by (job, le) (rate(a_bucket{job=~"x|y",code!="OK"}[5m])) > 0.02',
      [
        {
          metric: "a_bucket",
          matchers: [
            { label: "job", operator: "=~", value: "x|y" },
            { label: "code", operator: "!=", value: "OK" },
          ],
        },
      ],
      ["job", "le"],
    ],
    [
      "up == 0 and on (job) group by (job) (last_over_time(b{}[6h])) or 0 * max(c)",
      [
        { metric: "up", matchers: [] },
        { metric: "b", matchers: [] },
        { metric: "c", matchers: [] },
      ],
      ["job", "job"],
    ],
    [
      'a{s="}, by (x)"} / ignoring (k) group_left b',
      [expect.objectContaining({ metric: "a" }), expect.anything()],
      ["k"],
    ],
  ])("finds metrics, what is asked of them, and grouping labels: %s", (query, selectors, grouping) => {
    expect(namesIn(query)).toEqual({ selectors, grouping });
  });

  it("refuses what it cannot read", () => {
    expect(() => namesIn("sum by (job")).toThrow("expected ) in");
  });
});
