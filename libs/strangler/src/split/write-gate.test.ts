import { retryDelayOf } from "@banyan/rpc";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { fixedRule } from "../rule/rule-source.ts";
import { parseTrafficRule, type TrafficRuleInit } from "../rule/traffic-rule.ts";
import { WriteGate } from "./write-gate.ts";

const rule = (writes: TrafficRuleInit["writes"]) => parseTrafficRule({ mode: "split", writes });

async function refusalOf(permit: unknown): Promise<ConnectError> {
  const [outcome] = await Promise.allSettled([permit]);
  if (outcome.status === "fulfilled") throw new Error("expected no permit");
  return ConnectError.from(outcome.reason);
}

describe("WriteGate", () => {
  it("lets a write through at once to the owner, and counts it until it has ended", async () => {
    using gate = new WriteGate("user", fixedRule(rule({ owner: "candidate", epoch: 4 })));
    const permit = gate.enter(1000, undefined);
    expect(permit).toMatchObject({ side: "candidate", epoch: 4 });
    expect(gate.status()).toEqual({ owner: "candidate", epoch: 4, paused: false, inFlight: 1, waiting: 0 });
    (await permit).done();
    expect(gate.status().inFlight).toBe(0);
  });

  it("holds writes while they are paused, and sends them to the owner after it", async () => {
    const source = fixedRule(rule({ epoch: 3, pause: { seconds: 30 } }));
    using gate = new WriteGate("user", source);
    const permits = [gate.enter(5000, undefined), gate.enter(5000, undefined)];
    await Promise.resolve();
    expect(gate.status()).toEqual({ owner: "legacy", epoch: 3, paused: true, inFlight: 0, waiting: 2 });
    source.set(rule({ owner: "candidate", epoch: 4 }));
    for (const permit of permits) expect(await permit).toMatchObject({ side: "candidate", epoch: 4 });
    expect(gate.status()).toMatchObject({ inFlight: 2, waiting: 0 });
  });

  it("goes on under the owner of before when nobody ends the pause", async () => {
    using gate = new WriteGate("user", fixedRule(rule({ epoch: 3, pause: { seconds: 1 } })));
    expect(await gate.enter(Infinity, undefined)).toMatchObject({ side: "legacy", epoch: 3 });
    expect(gate.status().paused).toBe(false);
  });

  it.each([
    ["of the rule", { seconds: 30, waitMs: 20 }, Infinity],
    ["of the caller", { seconds: 30, waitMs: 20_000 }, 20],
    ["of a rule that lets nobody wait", { seconds: 30, waitMs: 0 }, Infinity],
  ])("turns a caller away after the wait %s, and says when to come back", async (_, pause, waitMs) => {
    using gate = new WriteGate("user", fixedRule(rule({ pause })));
    const refusal = await refusalOf(gate.enter(waitMs, undefined));
    expect(refusal).toMatchObject({
      code: Code.Unavailable,
      rawMessage: "writes of user are paused for a moment: try again",
    });
    expect(retryDelayOf(refusal)).toBe(1000);
    expect(gate.status()).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  it("lets a thousand wait, and no more", async () => {
    using gate = new WriteGate("user", fixedRule(rule({ pause: { seconds: 30 } })));
    const waiting = Array.from({ length: 1000 }, () => refusalOf(gate.enter(10_000, undefined)));
    expect((await refusalOf(gate.enter(10_000, undefined))).code).toBe(Code.Unavailable);
    expect(gate.status().waiting).toBe(1000);
    gate[Symbol.dispose]();
    expect((await Promise.all(waiting)).every(({ code }) => code === Code.Unavailable)).toBe(true);
  });

  it("forgets a caller that has gone", async () => {
    using gate = new WriteGate("user", fixedRule(rule({ pause: { seconds: 30 } })));
    const caller = new AbortController();
    const refusal = refusalOf(gate.enter(10_000, caller.signal));
    caller.abort();
    expect((await refusal).code).toBe(Code.Canceled);
    expect(gate.status().waiting).toBe(0);
  });
});
