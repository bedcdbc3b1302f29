import { describe, expect, it } from "vitest";
import { LivePolicy } from "./live-policy.ts";
import { parsePolicy } from "./parse-policy.ts";
import { defaultPolicy } from "./policy.ts";

const withTimeout = (timeout: string) => ({ methodConfig: [{ name: [{}], timeout }] });

describe("LivePolicy", () => {
  it("begins with its base", () => {
    expect(new LivePolicy().current).toBe(defaultPolicy);
    const base = parsePolicy(withTimeout("7s"));
    expect(new LivePolicy({ base }).policyFor("any.v1.Service", "Any").timeoutMs).toBe(7000);
  });

  it("takes a good policy at once, in the place of the one before", () => {
    const live = new LivePolicy();
    expect(live.update(withTimeout("1s"))).toEqual({ tag: "taken", policy: live.current });
    expect(live.policyFor("any.v1.Service", "Any").timeoutMs).toBe(1000);
    live.update(JSON.stringify({ retryThrottling: { maxTokens: 10, tokenRatio: 0.1 } }));
    expect(live.policyFor("any.v1.Service", "Any").timeoutMs).toBe(5000);
  });

  it.each(["", "null", "{", '{"methodConfig":[{"name":[{}],"timeout":"1 s"}]}', [], 5])(
    "keeps the last good one and says why when it is given %j",
    (json) => {
      const live = new LivePolicy();
      live.update(withTimeout("1s"));
      const kept = live.current;
      const update = live.update(json);
      expect(update).toMatchObject({ tag: "refused", error: { name: "PolicyError" } });
      expect(live.current).toBe(kept);
    },
  );

  it("goes back to its base when there is no policy any more", () => {
    const live = new LivePolicy();
    live.update(withTimeout("1s"));
    expect(live.update(undefined).tag).toBe("taken");
    expect(live.current).toBe(defaultPolicy);
    const base = parsePolicy(withTimeout("7s"));
    const based = new LivePolicy({ base });
    based.update(withTimeout("1s"));
    based.update(undefined);
    expect(based.current).toBe(base);
  });
});
