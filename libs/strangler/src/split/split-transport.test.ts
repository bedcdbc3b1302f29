import { UserService } from "@banyan/stubs-user";
import { createMetrics } from "@banyan/telemetry";
import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { twoSides } from "../testing/two-sides.ts";
import { sideHeader, writeEpochHeader } from "./headers.ts";
import { splitTransport } from "./split-transport.ts";

const fails = (code: Code) => () => {
  throw new ConnectError("on purpose", code);
};
const all = { mode: "split", percent: 100 } as const;

async function codeOf(call: Promise<unknown>): Promise<Code | "OK"> {
  const [outcome] = await Promise.allSettled([call]);
  return outcome.status === "fulfilled" ? "OK" : ConnectError.from(outcome.reason).code;
}

describe("splitTransport, of reads", () => {
  it.each([
    ["off", { mode: "off", percent: 100 }, "legacy"],
    ["shadow", { mode: "shadow", shadow: { percent: 1 } }, "legacy"],
    ["split at 0 %", { mode: "split" }, "legacy"],
    ["split at 100 %", all, "candidate"],
    ["all", { mode: "all" }, "candidate"],
  ] as const)("asks in the mode %s: %s", async (_, rule, side) => {
    await using world = twoSides(rule, {}, { random: () => 0.5 });
    expect((await world.users.getUser({ userId: "1" })).name).toBe(side);
    expect(world.asked).toEqual([`${side} GetUser`]);
  });

  it("asks the same side for the same key, whatever chance says", async () => {
    await using world = twoSides({ mode: "split", percent: 50, sticky: "user_id" });
    for (const userId of ["a", "b", "c", "d", "e", "f"]) {
      const names = new Set<string>();
      for (let call = 0; call < 5; call++) names.add((await world.users.getUser({ userId })).name);
      expect(names.size).toBe(1);
    }
    expect(new Set(world.asked).size).toBe(2);
    expect(world.lines).toEqual([]);
  });

  it("says once that a method has not the field to be sticky by, and splits it at random", async () => {
    let random = 0;
    await using world = twoSides({ mode: "split", percent: 50, sticky: "order_id" }, {}, { random: () => random });
    expect((await world.users.getUser({ userId: "1" })).name).toBe("candidate");
    random = 0.5;
    expect((await world.users.getUser({ userId: "1" })).name).toBe("legacy");
    expect(world.lines).toMatchObject([{ level: "warn", fields: { method: "GetUser", sticky: "order_id" } }]);
  });

  it("asks the side that a tester names, and concludes nothing from it", async () => {
    await using world = twoSides({ mode: "split" }, { candidate: { user: { getUser: fails(Code.Internal) } } });
    const headers = { [sideHeader]: "candidate" };
    expect(await codeOf(world.users.getUser({ userId: "1" }, { headers }))).toBe(Code.Internal);
    expect(world.counts()?.events).toEqual({ overridden: 1 });
    expect(world.counts()?.candidate.calls).toBe(0);
    world.set({ mode: "split", override: false });
    expect((await world.users.getUser({ userId: "1" }, { headers })).name).toBe("legacy");
  });

  it("takes each new rule from the next call on, and counts anew", async () => {
    await using world = twoSides({ mode: "split" });
    await world.users.getUser({ userId: "1" });
    expect(world.counts()?.legacy.calls).toBe(1);
    world.set(all);
    expect(world.split.report("test").methods).toEqual({});
    expect((await world.users.getUser({ userId: "1" })).name).toBe("candidate");
    expect(world.counts()).toMatchObject({ legacy: { calls: 0 }, candidate: { calls: 1, codes: { OK: 1 } } });
  });
});

describe("splitTransport, of reads on which the candidate fails", () => {
  it.each([Code.Unavailable, Code.Internal, Code.Unknown, Code.DeadlineExceeded, Code.Unimplemented, Code.DataLoss])(
    "asks the legacy after code %i",
    async (code) => {
      await using world = twoSides(all, { candidate: { user: { getUser: fails(code) } } });
      expect((await world.users.getUser({ userId: "1" })).name).toBe("legacy");
      expect(world.counts()).toMatchObject({
        candidate: { calls: 1, failures: 1 },
        legacy: { calls: 0 },
        events: { fallbacks: 1 },
      });
    },
  );

  it.each([
    Code.NotFound,
    Code.InvalidArgument,
    Code.PermissionDenied,
    Code.ResourceExhausted,
    Code.FailedPrecondition,
  ])("passes on a refusal with code %i", async (code) => {
    await using world = twoSides(all, { candidate: { user: { getUser: fails(code) } } });
    expect(await codeOf(world.users.getUser({ userId: "1" }))).toBe(code);
    expect(world.counts()).toMatchObject({ candidate: { calls: 1, failures: 0 }, events: {} });
  });

  it("answers with the legacy's error when that one fails too", async () => {
    const handlers = (code: Code) => ({ user: { getUser: fails(code) } });
    await using world = twoSides(all, { legacy: handlers(Code.DataLoss), candidate: handlers(Code.Internal) });
    expect(await codeOf(world.users.getUser({ userId: "1" }))).toBe(Code.DataLoss);
  });

  it("does not where the rule forbids it, and where no time is left", async () => {
    await using forbidden = twoSides(
      { ...all, fallback: false },
      { candidate: { user: { getUser: fails(Code.Internal) } } },
    );
    expect(await codeOf(forbidden.users.getUser({ userId: "1" }))).toBe(Code.Internal);
    const never = () => new Promise<never>(() => undefined);
    await using late = twoSides(all, { candidate: { user: { getUser: never } } });
    expect(await codeOf(late.users.getUser({ userId: "1" }, { timeoutMs: 20 }))).toBe(Code.DeadlineExceeded);
    expect(late.asked).toEqual(["candidate GetUser"]);
    expect(late.counts()?.candidate.failures).toBe(1);
    expect(late.counts()?.events).toEqual({});
  });

  it("stops when the budget is used up", async () => {
    const guard = { errorPercent: 100, minCalls: 10_000 };
    await using world = twoSides({ ...all, guard }, { candidate: { user: { getUser: fails(Code.Internal) } } });
    const codes: (Code | "OK")[] = [];
    for (let call = 0; call < 600; call++) codes.push(await codeOf(world.users.getUser({ userId: "1" })));
    expect(codes.filter((code) => code === "OK")).toHaveLength(499);
    expect(codes.at(-1)).toBe(Code.Internal);
    expect(world.counts()?.events).toEqual({ fallbacks: 499, fallbacksRefused: 101 });
  });

  it("sends the candidate's share to the legacy once the guard is open", async () => {
    await using world = twoSides(all, { candidate: { user: { getUser: fails(Code.Internal) } } });
    for (let call = 0; call < 30; call++) expect(await codeOf(world.users.getUser({ userId: "1" }))).toBe("OK");
    expect(world.counts()).toMatchObject({
      candidate: { calls: 20, failures: 20 },
      legacy: { calls: 10 },
      events: { fallbacks: 20, guarded: 10 },
    });
    expect(world.split.report("test").guard).toBe("open");
    expect(world.lines).toMatchObject([{ level: "warn", fields: { callee: "user", state: "open" } }]);
  });
});

describe("splitTransport, of reads that miss", () => {
  const missing = { user: { getUser: fails(Code.NotFound) } };

  it("asks the owner of the writes, where the rule says so", async () => {
    await using world = twoSides({ ...all, readMissFallback: true }, { candidate: missing });
    expect((await world.users.getUser({ userId: "1" })).name).toBe("legacy");
    expect(world.counts()?.events).toEqual({ readMisses: 1, readMissesFound: 1 });
    const writes = { owner: "candidate", epoch: 1 } as const;
    await using after = twoSides({ mode: "split", writes, readMissFallback: true }, { legacy: missing });
    expect((await after.users.getUser({ userId: "1" })).name).toBe("candidate");
  });

  it("is NOT_FOUND when the owner has not got it either", async () => {
    await using world = twoSides({ ...all, readMissFallback: true }, { legacy: missing, candidate: missing });
    expect(await codeOf(world.users.getUser({ userId: "1" }))).toBe(Code.NotFound);
    expect(world.counts()?.events).toEqual({ readMisses: 1 });
  });

  it("is NOT_FOUND when the owner says so itself", async () => {
    const writes = { owner: "candidate", epoch: 1 } as const;
    await using world = twoSides({ ...all, writes, readMissFallback: true }, { candidate: missing });
    expect(await codeOf(world.users.getUser({ userId: "1" }))).toBe(Code.NotFound);
    expect(world.asked).toEqual(["candidate GetUser"]);
  });
});

describe("splitTransport, of writes", () => {
  it.each(["off", "shadow", "split", "all"] as const)("asks the owner alone, in the mode %s", async (mode) => {
    const shadow = { percent: 100 };
    await using world = twoSides({ mode, percent: 100, shadow });
    const headers = { [sideHeader]: "candidate" };
    expect((await world.users.createUser({ email: "a@b" }, { headers })).userId).toBe("legacy");
    world.set({ mode, shadow, writes: { owner: "candidate", epoch: 1 } });
    expect((await world.users.createUser({ email: "a@b" })).userId).toBe("candidate");
    expect(world.asked).toEqual(["legacy CreateUser", "candidate CreateUser"]);
  });

  it("names the epoch to the owner, and not one that the caller has made up", async () => {
    const epochs: (string | null)[] = [];
    const user = {
      createUser: (_: unknown, { requestHeader }: { readonly requestHeader: Headers }) => {
        epochs.push(requestHeader.get(writeEpochHeader));
        return { success: true };
      },
    };
    await using world = twoSides({ mode: "off", writes: { epoch: 3 } }, { legacy: { user }, candidate: { user } });
    const headers = { [writeEpochHeader]: "99" };
    await world.users.createUser({}, { headers });
    world.set({ mode: "off", writes: { owner: "candidate", epoch: 4 } });
    await world.users.createUser({});
    world.set({ mode: "off" });
    await world.users.createUser({}, { headers });
    expect(epochs).toEqual(["3", "4", null]);
  });

  it("does not ask the other side when the owner fails", async () => {
    const writes = { owner: "candidate", epoch: 1 } as const;
    await using world = twoSides({ ...all, writes }, { candidate: { user: { createUser: fails(Code.Unavailable) } } });
    expect(await codeOf(world.users.createUser({}))).toBe(Code.Unavailable);
    expect(world.asked).toEqual(["candidate CreateUser"]);
    expect(world.counts("CreateUser")?.candidate).toMatchObject({ calls: 1, failures: 1 });
  });

  it("holds writes while they are paused, and lets reads through", async () => {
    await using world = twoSides({ mode: "split", writes: { epoch: 3, pause: { seconds: 30 } } });
    const created = world.users.createUser({});
    expect((await world.users.getUser({ userId: "1" })).name).toBe("legacy");
    expect(world.split.report("test").writes).toMatchObject({ paused: true, inFlight: 0, waiting: 1 });
    world.set({ mode: "split", writes: { owner: "candidate", epoch: 4 } });
    expect((await created).userId).toBe("candidate");
    expect(world.split.report("test").writes).toEqual({
      owner: "candidate",
      epoch: 4,
      paused: false,
      inFlight: 0,
      waiting: 0,
    });
  });

  it("counts a write as in flight until it has ended", async () => {
    const { promise, resolve } = Promise.withResolvers<{ success: boolean }>();
    await using world = twoSides({ mode: "off" }, { legacy: { user: { createUser: () => promise } } });
    const created = world.users.createUser({});
    expect(world.split.report("test").writes.inFlight).toBe(1);
    resolve({ success: true });
    await created;
    expect(world.split.report("test").writes.inFlight).toBe(0);
  });

  it("counts the callers that a pause has outlasted", async () => {
    await using world = twoSides({ mode: "split", writes: { pause: { seconds: 30, waitMs: 10 } } });
    expect(await codeOf(world.users.createUser({}))).toBe(Code.Unavailable);
    expect(world.counts("CreateUser")?.events).toEqual({ turnedAway: 1 });
    expect(world.asked).toEqual([]);
  });
});

describe("splitTransport, of streams", () => {
  const stream = (side: string, messages = 2) => ({
    order: {
      async *watchOrder() {
        for (let index = 0; index < messages; index++) yield { order: { orderId: side } };
      },
    },
  });
  const read = async (world: ReturnType<typeof twoSides>, init = {}): Promise<string[]> => {
    const messages = await Array.fromAsync(world.orders.watchOrder({ orderId: "1" }, init));
    return messages.map(({ order }) => order?.orderId ?? "");
  };

  it("splits those without side effects, by the field of their one request", async () => {
    await using world = twoSides(
      { mode: "split", percent: 50, sticky: "order_id" },
      { legacy: stream("legacy"), candidate: stream("candidate") },
    );
    const [first] = await read(world);
    for (let call = 0; call < 5; call++) expect(await read(world)).toEqual([first, first]);
    world.set({ mode: "all" });
    expect(await read(world)).toEqual(["candidate", "candidate"]);
    world.set({ mode: "off" });
    expect(await read(world)).toEqual(["legacy", "legacy"]);
  });

  it("goes to the legacy when the candidate fails before its first message, and not after it", async () => {
    let after = 0;
    const candidate = {
      order: {
        async *watchOrder() {
          for (let index = 0; index < after; index++) yield { order: { orderId: "candidate" } };
          throw new ConnectError("on purpose", Code.Unavailable);
        },
      },
    };
    await using world = twoSides(all, { legacy: stream("legacy"), candidate });
    expect(await read(world)).toEqual(["legacy", "legacy"]);
    expect(world.counts("WatchOrder")).toMatchObject({ candidate: { failures: 1 }, events: { fallbacks: 1 } });
    after = 1;
    expect(await codeOf(read(world))).toBe(Code.Unavailable);
  });

  it("asks the owner for what the candidate has not got", async () => {
    const candidate = { order: { watchOrder: fails(Code.NotFound) } };
    await using world = twoSides({ ...all, readMissFallback: true }, { legacy: stream("legacy"), candidate });
    expect(await read(world)).toEqual(["legacy", "legacy"]);
    expect(world.counts("WatchOrder")?.events).toEqual({ readMisses: 1, readMissesFound: 1 });
  });

  it("is told when the reader leaves", async () => {
    await using world = twoSides(all, { candidate: stream("candidate", 1000) });
    const leaving = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { order } of world.orders.watchOrder({ orderId: "1" }, { signal: leaving.signal })) {
        seen.push(order?.orderId ?? "");
        leaving.abort();
      }
    })();
    expect(await codeOf(reading)).toBe(Code.Canceled);
    expect(seen).toEqual(["candidate"]);
    expect(world.counts("WatchOrder")?.candidate).toMatchObject({ calls: 1, failures: 0 });
  });
});

describe("splitTransport", () => {
  it("tells Prometheus", async () => {
    const metrics = createMetrics({ service: "monolith" });
    await using world = twoSides(all, { candidate: { user: { getUser: fails(Code.Internal) } } }, { metrics });
    await world.users.getUser({ userId: "1" });
    const text = await metrics.text();
    expect(text).toContain(
      'banyan_traffic_calls_total{callee="user",method="GetUser",side="candidate",code="INTERNAL"} 1',
    );
    expect(text).toContain('banyan_traffic_events_total{callee="user",method="GetUser",event="fallbacks"} 1');
    expect(text).toContain('banyan_traffic_percent{callee="user"} 100');
    expect(text).toContain('banyan_traffic_writes_owner{callee="user",owner="legacy"} 1');
    await world.split[Symbol.asyncDispose]();
    expect(await metrics.text()).not.toContain("banyan_traffic_percent{");
  });

  it("stacks: a service can be split off what is split already", async () => {
    await using inner = twoSides({ mode: "split" });
    const third = createRouterTransport(({ service }) => service(UserService, { getUser: () => ({ name: "third" }) }));
    await using outer = splitTransport(inner.split, third, inner.rule, { name: "user" });
    expect((await createClient(UserService, outer).getUser({})).name).toBe("legacy");
    inner.set(all);
    expect((await createClient(UserService, outer).getUser({})).name).toBe("third");
  });
});
