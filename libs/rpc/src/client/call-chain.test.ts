import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Health, HealthCheckResponse_ServingStatus as Status } from "@banyan/stubs-standard/health";
import { RetryInfoSchema } from "@banyan/stubs-standard/error-details";
import { UserService } from "@banyan/stubs-user";
import { currentCall, runCall } from "@banyan/telemetry";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, createContextValues, type HandlerContext } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { testDiscovery } from "../testing/test-discovery.ts";
import { openUserServer } from "../testing/user-server.ts";
import { retryDelayOf } from "./call-outcome.ts";
import { balancedTransport, requestKey, type BalancedTransportOptions } from "./balanced-transport.ts";

type GetUser = (request: { readonly userId: string }, context: HandlerContext) => Promise<object> | object;

/** Some instances whose GetUser the test writes, and a transport that calls them in turn. */
async function openFleet(handlers: readonly GetUser[], options: Partial<BalancedTransportOptions> = {}) {
  const stack = new AsyncDisposableStack();
  const calls: { readonly instance: number; readonly attempts: string | null; readonly timeout: string | null }[] = [];
  const servers = await Promise.all(
    handlers.map((getUser, instance) =>
      openUserServer({
        getUser(request, context) {
          const { requestHeader: header } = context;
          calls.push({
            instance,
            attempts: header.get("grpc-previous-rpc-attempts"),
            timeout: header.get("grpc-timeout"),
          });
          return getUser(request, context);
        },
        createUser() {
          calls.push({ instance, attempts: null, timeout: null });
          throw new ConnectError("busy", Code.Unavailable);
        },
      }),
    ),
  );
  for (const server of servers) stack.use(server);
  const discovery = testDiscovery(...servers.map(({ address }) => address));
  const balancing = { strategy: "round_robin", slowStartMs: 0 } as const;
  const transport = stack.use(balancedTransport(discovery, { name: "user", balancing, ...options }));
  return {
    calls,
    discovery,
    servers,
    transport,
    users: createClient(UserService, transport),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const ada: GetUser = ({ userId }) => ({ userId, name: "Ada" });
const fails =
  (code: Code, metadata: Record<string, string> = {}): GetUser =>
  () => {
    throw new ConnectError("no", code, metadata);
  };
const asksToWait = (ms: number, code: Code): GetUser => {
  const detail = { desc: RetryInfoSchema, value: { retryDelay: durationFromMs(ms) } };
  return () => {
    throw new ConnectError("not now", code, undefined, [detail]);
  };
};
const never: GetUser = async (_, { signal }) => {
  await once(signal, "abort");
  return {};
};

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "ok",
    (error: unknown) => ConnectError.from(error).code,
  );

describe("a call that is tried again", () => {
  it("goes to another instance after UNAVAILABLE, and tells it that it is a second attempt", async () => {
    await using fleet = await openFleet([fails(Code.Unavailable), ada]);
    for (let count = 0; count < 4; count++) expect(await fleet.users.getUser({})).toMatchObject({ name: "Ada" });
    const retried = fleet.calls.filter(({ attempts }) => attempts !== null);
    expect(retried.length).toBeGreaterThan(0);
    expect(retried.every(({ instance, attempts }) => instance === 1 && attempts === "1")).toBe(true);
  });

  it("is tried three times at most, on the same instance where there is no other", async () => {
    await using fleet = await openFleet([fails(Code.Unavailable)]);
    expect(await codeOf(fleet.users.getUser({}))).toBe(Code.Unavailable);
    expect(fleet.calls.map(({ attempts }) => attempts)).toEqual([null, "1", "2"]);
  });

  it.each([Code.NotFound, Code.Internal, Code.FailedPrecondition, Code.Unknown, Code.ResourceExhausted])(
    "is none after code %i",
    async (code) => {
      await using fleet = await openFleet([fails(code), fails(code)]);
      expect(await codeOf(fleet.users.getUser({}))).toBe(code);
      expect(fleet.calls).toHaveLength(1);
    },
  );

  it("is none of a method that declares no idempotency", async () => {
    await using fleet = await openFleet([ada, ada]);
    expect(await codeOf(fleet.users.createUser({}))).toBe(Code.Unavailable);
    expect(fleet.calls).toHaveLength(1);
  });

  it("is none of work for an attempt that is itself a second one; the mark is passed on", async () => {
    await using fleet = await openFleet([fails(Code.Unavailable), fails(Code.Unavailable)]);
    const call = runCall({ requestId: "a", previousAttempts: 1 }, () => fleet.users.getUser({}));
    expect(await codeOf(call)).toBe(Code.Unavailable);
    expect(fleet.calls.map(({ attempts }) => attempts)).toEqual(["1"]);
  });

  it("is none when the server asks not to, or for more time than there is", async () => {
    await using refusing = await openFleet([fails(Code.Unavailable, { "grpc-retry-pushback-ms": "-1" })]);
    expect(await codeOf(refusing.users.getUser({}))).toBe(Code.Unavailable);
    expect(refusing.calls).toHaveLength(1);
    await using slow = await openFleet([asksToWait(2000, Code.Unavailable)]);
    expect(await codeOf(slow.users.getUser({}, { timeoutMs: 1000 }))).toBe(Code.Unavailable);
    expect(slow.calls).toHaveLength(1);
  });

  it("waits as long as the only instance asks, and not at all where there is another", async () => {
    let turn = 0;
    const onceBusy: GetUser = (request, context) =>
      turn++ === 0 ? asksToWait(300, Code.Unavailable)(request, context) : ada(request, context);
    await using single = await openFleet([onceBusy]);
    const before = performance.now();
    expect(await single.users.getUser({})).toMatchObject({ name: "Ada" });
    expect(performance.now() - before).toBeGreaterThanOrEqual(290);

    await using pair = await openFleet([asksToWait(60_000, Code.Unavailable), ada]);
    for (let count = 0; count < 2; count++) expect(await pair.users.getUser({})).toMatchObject({ name: "Ada" });
  });

  it("stops when most calls fail: the budget is used up", async () => {
    const policy = { retryThrottling: { maxTokens: 4, tokenRatio: 0.1 } };
    await using fleet = await openFleet([fails(Code.Unavailable)], { policy, balancing: { ejection: false } });
    for (let count = 0; count < 10; count++) await codeOf(fleet.users.getUser({}));
    expect(fleet.calls.length).toBeLessThan(10 + 4);
  });

  it("ends with its caller's patience, also while it waits", async () => {
    await using fleet = await openFleet([asksToWait(4000, Code.Unavailable)]);
    const giving = new AbortController();
    const call = codeOf(fleet.users.getUser({}, { signal: giving.signal }));
    await vi.waitFor(() => expect(fleet.calls).toHaveLength(1));
    giving.abort();
    expect(await call).not.toBe("ok");
    expect(fleet.calls).toHaveLength(1);
  });
});

describe("a slow instance", () => {
  it("is asked together with another one, once the usual latency is known, and is told to stop", async () => {
    const stopped = vi.fn<() => void>();
    let isStuck = false;
    const sometimesStuck: GetUser = async (request, context) => {
      if (!isStuck) return ada(request, context);
      await once(context.signal, "abort");
      stopped();
      return {};
    };
    await using fleet = await openFleet([sometimesStuck, ada]);
    for (let count = 0; count < 120; count++) await fleet.users.getUser({});
    isStuck = true;
    for (let count = 0; count < 4; count++) expect(await fleet.users.getUser({})).toMatchObject({ name: "Ada" });
    await vi.waitFor(() => expect(stopped).toHaveBeenCalled());
  });

  it("is asked together with another one after a share of the time, while the usual latency is not known", async () => {
    await using fleet = await openFleet([never, ada, ada]);
    for (let count = 0; count < 3; count++) {
      expect(await fleet.users.getUser({}, { timeoutMs: 600 })).toMatchObject({ name: "Ada" });
    }
  });

  it("is left to its work while the usual latency is not known: it may be slow by nature", async () => {
    const slow: GetUser = async (request, context) => {
      await sleep(400, undefined, { signal: context.signal });
      return ada(request, context);
    };
    await using fleet = await openFleet([slow, slow]);
    expect(await fleet.users.getUser({}, { timeoutMs: 600 })).toMatchObject({ name: "Ada" });
  });

  it("is not asked a second time itself", async () => {
    const policy = { methodConfig: [{ name: [{}], hedgingPolicy: { hedgingDelay: "0.005s", maxAttempts: 5 } }] };
    await using fleet = await openFleet([never, never, never], { policy });
    expect(await codeOf(fleet.users.getUser({}, { timeoutMs: 200 }))).toBe(Code.DeadlineExceeded);
    expect(new Set(fleet.calls.map(({ instance }) => instance))).toEqual(new Set([0, 1, 2]));
    expect(fleet.calls).toHaveLength(3);
  });

  it("is not hedged where the method has effects", async () => {
    const policy = { methodConfig: [{ name: [{}], hedgingPolicy: { hedgingDelay: "0.005s" } }] };
    await using fleet = await openFleet([never, never], { policy });
    await using users = await openFleet([ada, ada], { policy });
    expect(await codeOf(fleet.users.getUser({}, { timeoutMs: 100 }))).toBe(Code.DeadlineExceeded);
    expect(fleet.calls).toHaveLength(2);
    await codeOf(users.users.createUser({}));
    expect(users.calls).toHaveLength(1);
  });
});

describe("overload", () => {
  it("an instance that asks to be left alone is left alone, and the call goes to another one", async () => {
    await using fleet = await openFleet([asksToWait(60_000, Code.ResourceExhausted), ada]);
    for (let count = 0; count < 10; count++) expect(await fleet.users.getUser({})).toMatchObject({ name: "Ada" });
    expect(fleet.calls.filter(({ instance }) => instance === 0)).toHaveLength(1);
  });

  it("goes elsewhere even with a call that must not be repeated: a refusal is no attempt", async () => {
    await using fleet = await openFleet([asksToWait(60_000, Code.ResourceExhausted), ada]);
    await fleet.users.getUser({});
    await fleet.users.getUser({});
    expect(await codeOf(fleet.users.createUser({}))).toBe(Code.Unavailable);
    expect(fleet.calls.at(-1)).toMatchObject({ instance: 1 });
  });

  it("is RESOURCE_EXHAUSTED here, without a call, while all of them are left alone, and says how long", async () => {
    await using fleet = await openFleet([
      asksToWait(60_000, Code.ResourceExhausted),
      asksToWait(5000, Code.ResourceExhausted),
    ]);
    expect(await codeOf(fleet.users.getUser({}, { timeoutMs: 500 }))).toBe(Code.ResourceExhausted);
    const refused = ConnectError.from(
      await fleet.users.getUser({}, { timeoutMs: 500 }).catch((error: unknown) => error),
    );
    expect(refused).toMatchObject({ code: Code.ResourceExhausted, rawMessage: expect.stringContaining("left alone") });
    expect(retryDelayOf(refused)).toBeGreaterThan(4000);
    expect(retryDelayOf(refused)).toBeLessThanOrEqual(7500);
    expect(fleet.calls).toHaveLength(2);
  });
});

describe("what a call inherits from the one that is being worked on", () => {
  it("what is left of its deadline, less a margin, is told to the next hop", async () => {
    await using fleet = await openFleet([ada]);
    const deadline = performance.now() + 1000;
    await runCall({ requestId: "a", deadline }, () => fleet.users.getUser({}));
    const sent = Number(/^([0-9]+)m$/.exec(fleet.calls[0]?.timeout ?? "")?.[1]);
    expect(sent).toBeGreaterThan(800);
    expect(sent).toBeLessThanOrEqual(980);
  });

  it("a deadline that is over: nothing is sent", async () => {
    await using fleet = await openFleet([ada]);
    const over = { requestId: "a", deadline: performance.now() - 1 };
    expect(await codeOf(runCall(over, () => fleet.users.getUser({})))).toBe(Code.DeadlineExceeded);
    const stream = runCall(over, () => Array.fromAsync(createClient(Health, fleet.transport).watch({})));
    expect(await codeOf(stream)).toBe(Code.DeadlineExceeded);
    expect(fleet.calls).toEqual([]);
  });

  it("its end: a caller who gives up ends the work of every hop", async () => {
    const ended = Promise.withResolvers<void>();
    await using far = await openFleet([
      async (_, { signal }) => {
        await once(signal, "abort");
        ended.resolve();
        return {};
      },
    ]);
    await using near = await openFleet([() => far.users.getUser({}, { timeoutMs: 60_000 })]);
    const giving = new AbortController();
    const call = codeOf(near.users.getUser({}, { signal: giving.signal, timeoutMs: 60_000 }));
    await vi.waitFor(() => expect(far.calls).toHaveLength(1));
    giving.abort();
    expect(await call).toBe(Code.Canceled);
    await ended.promise;
  });

  it("nothing, outside of one", async () => {
    expect(currentCall()).toBeUndefined();
    await using fleet = await openFleet([ada]);
    await fleet.users.getUser({});
    expect(fleet.calls[0]).toMatchObject({ attempts: null, timeout: expect.stringMatching(/^(5000|4999)m$/) });
  });
});

describe("balancing", () => {
  it("sends calls of one key to one instance, with the strategy rendezvous", async () => {
    await using fleet = await openFleet([ada, ada, ada], { balancing: { strategy: "rendezvous", slowStartMs: 0 } });
    const instancesOf = async (key: string): Promise<Set<number>> => {
      fleet.calls.length = 0;
      const contextValues = createContextValues().set(requestKey, key);
      for (let count = 0; count < 5; count++) await fleet.users.getUser({}, { contextValues });
      return new Set(fleet.calls.map(({ instance }) => instance));
    };
    const chosen = new Set<number>();
    for (let key = 0; key < 20; key++) {
      const instances = await instancesOf(String(key));
      expect(instances.size).toBe(1);
      for (const instance of instances) chosen.add(instance);
    }
    expect(chosen.size).toBe(3);
  });

  it("leaves an instance alone that says it does not serve, where health is asked for", async () => {
    await using fleet = await openFleet([ada, ada], { healthCheckMs: 100 });
    fleet.servers[0]?.stopServing();
    const health = createClient(Health, fleet.transport);
    expect((await health.check({})).status).toBeOneOf([Status.SERVING, Status.NOT_SERVING]);
    await vi.waitFor(async () => {
      fleet.calls.length = 0;
      for (let count = 0; count < 6; count++) await fleet.users.getUser({});
      expect(fleet.calls.every(({ instance }) => instance === 1)).toBe(true);
    });
  });

  it("refuses options that are out of bounds, by name", async () => {
    const open = (options: Partial<BalancedTransportOptions>) => () =>
      balancedTransport(testDiscovery(), { name: "user", ...options });
    expect(open({ healthCheckMs: 99 })).toThrow("healthCheckMs: expected a number in [100, 600000], got 99");
    expect(open({ balancing: { slowStartMs: -1 } })).toThrow("slowStartMs: expected a number");
    expect(open({ policy: { methodConfig: 7 } })).toThrow("methodConfig: expected a list");
  });
});
