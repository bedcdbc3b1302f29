import { describe, expect, it } from "vitest";
import { parseH2load } from "./h2load.ts";

const output = (requests: string, statuses = "480 2xx, 0 3xx, 0 4xx, 0 5xx"): string => `
finished in 506.66ms, 960.00 req/s, 108.06KB/s
requests: ${requests}
status codes: ${statuses}
traffic: 54.03KB (55328) total
`;

describe("parseH2load", () => {
  it("reads how many requests were done, and how many a second", () => {
    const requests = "480 total, 544 started, 480 done, 480 succeeded, 0 failed, 0 errored, 0 timeout";
    expect(parseH2load(output(requests))).toEqual({ requests: 480, perSecond: 960 });
  });

  it.each([
    ["a request failed", "10 done, 9 succeeded, 1 failed, 0 errored, 0 timeout", undefined, "1 of 10 requests"],
    [
      "a status is not 200",
      "10 done, 10 succeeded, 0 failed, 0 errored, 0 timeout",
      "8 2xx, 0 3xx, 2 4xx, 0 5xx",
      "2 of 10",
    ],
    ["nothing was answered", "0 done, 0 succeeded, 0 failed, 0 errored, 0 timeout", undefined, "no answer"],
  ])("refuses a run in which %s", (_, requests, statuses, message) => {
    expect(() => parseH2load(output(requests, statuses))).toThrow(message);
  });

  it("refuses what h2load does not print", () => {
    expect(() => parseH2load("")).toThrow("no answer");
  });
});
