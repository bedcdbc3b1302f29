import { setTimeout as sleep } from "node:timers/promises";
import { currentCall, runCall } from "@banyan/telemetry";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import type { TrafficRuleInit } from "../rule/traffic-rule.ts";
import { twoSides } from "../testing/two-sides.ts";

const eventually = (assertion: () => unknown) => vi.waitFor(assertion, { timeout: 5000, interval: 2 });
const shadow = (told: NonNullable<TrafficRuleInit["shadow"]> = {}): TrafficRuleInit => ({
  mode: "shadow",
  shadow: { percent: 100, controlPercent: 0, ...told },
});
const names = (name: string) => ({ user: { getUser: () => ({ userId: "1", name }) } });
const fails = (code: Code) => ({
  user: {
    getUser: () => {
      throw new ConnectError("on purpose", code);
    },
  },
});
const never = { user: { getUser: () => new Promise<never>(() => undefined) } };

describe("mirroring", () => {
  it("compares what both sides answer, and counts what differs, with samples that hide what the contract redacts", async () => {
    await using world = twoSides(shadow());
    expect((await world.users.getUser({ userId: "1" })).name).toBe("legacy");
    await eventually(() => expect(world.counts()?.events).toEqual({ compared: 1, mismatched: 1 }));
    expect(world.counts()?.mirrored).toMatchObject({
      legacy: { calls: 1, codes: { OK: 1 } },
      candidate: { calls: 1, codes: { OK: 1 } },
    });
    expect(world.split.report("test").mismatches).toEqual([
      {
        method: "GetUser",
        path: "name",
        count: 1,
        samples: [{ at: expect.any(String), legacy: "[redacted]", candidate: "[redacted]", request: '{"userId":"1"}' }],
      },
    ]);
  });

  it("counts answers that are the same", async () => {
    await using world = twoSides(shadow(), { legacy: names("Ada"), candidate: names("Ada") });
    await world.users.getUser({ userId: "1" });
    await eventually(() => expect(world.counts()?.events).toEqual({ compared: 1 }));
    expect(world.split.report("test").mismatches).toEqual([]);
  });

  it("does not mind what the rule ignores", async () => {
    await using world = twoSides(shadow({ ignore: ["GetUser/name"] }));
    await world.users.getUser({ userId: "1" });
    await eventually(() => expect(world.counts()?.events).toEqual({ compared: 1 }));
  });

  it("compares refusals by their code", async () => {
    await using world = twoSides(shadow(), { candidate: fails(Code.NotFound) });
    await world.users.getUser({ userId: "1" });
    await eventually(() =>
      expect(world.split.report("test").mismatches).toMatchObject([
        { path: "(status)", samples: [{ legacy: "OK", candidate: "NOT_FOUND" }] },
      ]),
    );
  });

  it("concludes nothing from the answers of a side that has failed, and counts the failure", async () => {
    await using world = twoSides(shadow(), { candidate: fails(Code.Unavailable) });
    await world.users.getUser({ userId: "1" });
    await eventually(() => expect(world.counts()?.events).toEqual({ unanswered: 1 }));
    expect(world.counts()?.mirrored.candidate).toMatchObject({ calls: 1, failures: 1, codes: { UNAVAILABLE: 1 } });
    expect(world.counts()?.candidate.calls).toBe(0);
  });

  it("expects it of a candidate that is still being filled that it misses something, where the rule says so", async () => {
    await using world = twoSides({ ...shadow(), readMissFallback: true }, { candidate: fails(Code.NotFound) });
    await world.users.getUser({ userId: "1" });
    await eventually(() => expect(world.counts()?.events).toEqual({ mirroredMisses: 1 }));
  });

  it("asks the legacy what the candidate has answered, in the mode split", async () => {
    await using world = twoSides({ mode: "split", percent: 100, shadow: { percent: 100, controlPercent: 0 } });
    expect((await world.users.getUser({ userId: "1" })).name).toBe("candidate");
    await eventually(() => expect(world.counts()?.events).toEqual({ compared: 1, mismatched: 1 }));
    expect(world.asked).toEqual(["candidate GetUser", "legacy GetUser"]);
  });

  it("mirrors a share of the calls, and no write, no stream, and nothing in the modes off and all", async () => {
    let random = 0.1;
    await using world = twoSides(shadow({ percent: 10 }), {}, { random: () => random });
    await world.users.getUser({ userId: "1" });
    random = 0.09;
    await world.users.createUser({});
    world.set({ mode: "off", shadow: { percent: 100 } });
    await world.users.getUser({ userId: "1" });
    world.set({ mode: "all", shadow: { percent: 100 } });
    await world.users.getUser({ userId: "1" });
    expect(world.asked).toEqual(["legacy GetUser", "legacy CreateUser", "legacy GetUser", "candidate GetUser"]);
    world.set(shadow({ percent: 10 }));
    await world.users.getUser({ userId: "1" });
    await eventually(() => expect(world.asked.slice(4)).toEqual(["legacy GetUser", "candidate GetUser"]));
  });

  it("neither slows nor fails a caller whose candidate does not answer, and gives up in its own time", async () => {
    await using world = twoSides(shadow({ timeoutMs: 30 }), { candidate: never });
    const startedAt = performance.now();
    await world.users.getUser({ userId: "1" });
    expect(world.counts()?.events).toEqual({});
    await eventually(() => expect(world.counts()?.events).toEqual({ unanswered: 1 }));
    expect(performance.now() - startedAt).toBeGreaterThan(29);
    expect(world.counts()?.mirrored.candidate.codes).toEqual({ DEADLINE_EXCEEDED: 1 });
  });

  it("drops calls beyond those that may be on their way, and counts them", async () => {
    await using world = twoSides(shadow({ timeoutMs: 30_000, maxConcurrent: 2 }), { candidate: never });
    for (let call = 0; call < 5; call++) await world.users.getUser({ userId: "1" });
    expect(world.counts()?.events).toEqual({ dropped: 3 });
    await eventually(() => expect(world.asked.filter((asked) => asked.startsWith("candidate"))).toHaveLength(2));
  });

  it("goes on when the caller's call is over, with its correlation id, and is not tried again downstream", async () => {
    const seen: unknown[] = [];
    const candidate = {
      user: {
        getUser: async () => {
          await sleep(20);
          const { requestId, deadline, signal, previousAttempts } = currentCall() ?? {};
          seen.push({ requestId, deadline, signal, previousAttempts });
          return { userId: "1", name: "Ada" };
        },
      },
    };
    await using world = twoSides(shadow(), { legacy: names("Ada"), candidate });
    const over = new AbortController();
    const call = { requestId: "r-1", deadline: performance.now() + 10, signal: over.signal };
    await runCall(call, () => world.users.getUser({ userId: "1" }, { signal: over.signal }));
    over.abort();
    await eventually(() => expect(world.counts()?.events).toEqual({ compared: 1 }));
    expect(seen).toEqual([{ requestId: "r-1", deadline: undefined, signal: undefined, previousAttempts: 1 }]);
  });

  it("learns from the legacy itself what differs anyway", async () => {
    let answers = 0;
    const legacy = { user: { getUser: () => ({ userId: "1", name: `${answers++}`, email: "a" }) } };
    const candidate = { user: { getUser: () => ({ userId: "1", name: `${answers++}`, email: "b" }) } };
    await using world = twoSides(shadow({ controlPercent: 1 }), { legacy, candidate });
    for (let call = 0; call < 30; call++) {
      await world.users.getUser({ userId: "1" });
      await eventually(() => {
        const { learning = 0, compared = 0 } = world.counts()?.events ?? {};
        expect(learning + compared).toBe(call + 1);
      });
    }
    // The twentieth call is judged: its control pair was the last one that was wanted.
    expect(world.counts()?.events).toEqual({ learning: 19, compared: 11, mismatched: 11 });
    const report = world.split.report("test");
    expect(report.mismatches).toMatchObject([{ path: "email", count: 11 }]);
    expect(report.mismatches[0]?.samples).toHaveLength(2);
    expect(report.noise).toEqual([{ method: "GetUser", path: "name" }]);
  });

  it("ends with the split", async () => {
    const world = twoSides(shadow({ timeoutMs: 30_000 }), { candidate: never });
    await world.users.getUser({ userId: "1" });
    await world[Symbol.asyncDispose]();
    expect(world.counts()?.events ?? {}).toEqual({});
  });
});
