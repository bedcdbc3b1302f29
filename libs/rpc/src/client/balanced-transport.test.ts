import { once } from "node:events";
import { constants } from "node:http2";
import { Health, HealthCheckResponse_ServingStatus as Status } from "@banyan/stubs-standard/health";
import { ServerReflection } from "@banyan/stubs-standard/reflection-v1";
import { UserService } from "@banyan/stubs-user";
import { Code, createClient } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { capturedLog } from "../testing/captured-log.ts";
import {
  answerUnimplemented,
  goawayFrame,
  openRawHttp2Server,
  openScriptedServer,
} from "../testing/raw-http2-server.ts";
import { startProcess } from "../testing/start-process.ts";
import { testDiscovery, type TestDiscovery } from "../testing/test-discovery.ts";
import { engines } from "../engine.ts";
import { openUserServer, type UserServer } from "../testing/user-server.ts";
import { balancedTransport, type BalancedTransportOptions } from "./balanced-transport.ts";
import { isNotProcessed } from "./not-processed-error.ts";

/** A server whose users have its own name. */
function openNamed(name: string): Promise<UserServer> {
  return openUserServer({ getUser: ({ userId }) => ({ userId, name }) });
}

/** Calls the instances in turn, so that the test knows whose turn it is. */
function openTransport(discovery: TestDiscovery, options: Partial<BalancedTransportOptions> = {}) {
  const balancing = { strategy: "round_robin", slowStartMs: 0 } as const;
  const transport = balancedTransport(discovery, { name: "user", balancing, ...options });
  const users = createClient(UserService, transport);
  const namesOf = async (calls: number): Promise<string[]> => {
    const names: string[] = [];
    for (let count = 0; count < calls; count++) names.push((await users.getUser({ userId: "7" })).name);
    return names;
  };
  return {
    transport,
    users,
    namesOf,
    health: createClient(Health, transport),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** An address that refuses connections. */
async function closedAddress(): Promise<string> {
  await using server = await openUserServer();
  return server.address;
}

describe("balancedTransport", () => {
  it("keeps one connection to each instance, through changes of the others", async () => {
    await using a = await openRawHttp2Server(answerUnimplemented);
    await using b = await openRawHttp2Server(answerUnimplemented);
    const discovery = testDiscovery(a.address, b.address);
    await using balanced = openTransport(discovery);
    const callAll = () => Promise.allSettled(Array.from({ length: 10 }, () => balanced.users.getUser({})));
    await callAll();
    discovery.set(a.address);
    discovery.set(a.address, "127.0.0.1:1", b.address);
    discovery.set(b.address, a.address);
    await callAll();
    expect(a.connections()).toBe(1);
    expect(b.connections(), "it had left, and came back").toBe(2);
  });

  it("calls the instances in turn", async () => {
    await using a = await openNamed("a");
    await using b = await openNamed("b");
    await using balanced = openTransport(testDiscovery(a.address, b.address));
    const names = await balanced.namesOf(6);
    expect(names.join("")).toMatch(/^(ab){3}$|^(ba){3}$/);
  });

  it("calls instances that join, and those that leave no more", async () => {
    await using a = await openNamed("a");
    await using b = await openNamed("b");
    const discovery = testDiscovery(a.address);
    await using balanced = openTransport(discovery);
    expect(await balanced.namesOf(2)).toEqual(["a", "a"]);
    discovery.set(a.address, b.address);
    expect((await balanced.namesOf(2)).sort()).toEqual(["a", "b"]);
    discovery.set(b.address);
    expect(await balanced.namesOf(2)).toEqual(["b", "b"]);
  });

  it("lets a call under way end on an instance that has left, then closes its connection", async () => {
    const arrived = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    await using server = await openUserServer({
      async getUser() {
        arrived.resolve();
        await finish.promise;
        return { name: "Ada" };
      },
    });
    const discovery = testDiscovery(server.address);
    await using balanced = openTransport(discovery);
    const call = balanced.users.getUser({});
    await arrived.promise;
    discovery.set();
    finish.resolve();
    expect(await call).toMatchObject({ name: "Ada" });
  });

  it("ignores an instance whose address cannot be dialled, and says so", async () => {
    const { log, records } = capturedLog();
    await using a = await openNamed("a");
    await using balanced = openTransport(testDiscovery("not an address", a.address), { log });
    expect(await balanced.namesOf(3)).toEqual(["a", "a", "a"]);
    expect(records()).toContainEqual(expect.objectContaining({ level: "warn", address: "not an address" }));
  });

  it("lets an error of the service pass, without asking another instance", async () => {
    await using a = await openUserServer();
    await using b = await openUserServer();
    await using balanced = openTransport(testDiscovery(a.address, b.address));
    for (const userId of ["missing", "defect", ""]) {
      await expect(balanced.users.getUser({ userId })).rejects.toMatchObject({ code: expect.any(Number) });
    }
    const calls = [a, b].flatMap(({ captured }) => captured.records()).filter(({ msg }) => msg === "call");
    expect(calls).toHaveLength(3);
  });

  it("closes its connections and the discovery when it is disposed, and takes no more calls", async () => {
    await using server = await openNamed("a");
    const discovery = testDiscovery(server.address);
    const balanced = openTransport(discovery);
    const updates = balanced.health.watch({})[Symbol.asyncIterator]();
    await updates.next();
    const ended = expect(updates.next()).rejects.toMatchObject({ code: Code.Unavailable });
    await balanced[Symbol.asyncDispose]();
    await ended;
    expect(discovery.disposed).toBe(true);
    await expect(balanced.namesOf(1)).rejects.toMatchObject({
      code: Code.Unavailable,
      rawMessage: "the transport to user is closed",
    });
  });

  it.each(engines)("does not keep a process alive, by %s", async (engine) => {
    await using server = await openUserServer();
    await using child = await startProcess("one-call-process.ts", server.address, engine);
    expect([child.line, await child.exited]).toEqual(["7", 0]);
  });
});

describe("a call that certainly was not processed goes to another instance", () => {
  it("when an instance refuses connections", async () => {
    const { log, records } = capturedLog();
    await using a = await openNamed("a");
    await using balanced = openTransport(testDiscovery(await closedAddress(), a.address), { log });
    expect(await balanced.namesOf(4)).toEqual(["a", "a", "a", "a"]);
    expect(records()).toContainEqual(expect.objectContaining({ msg: "call is tried again", transparent: true }));
  });

  it("when an instance was killed between two calls", async () => {
    await using a = await openNamed("a");
    await using killed = await startProcess("user-server-process.ts");
    await using balanced = openTransport(testDiscovery(killed.line, a.address));
    expect((await balanced.namesOf(2)).sort()).toEqual(["Ada", "a"]);
    killed.kill("SIGKILL");
    await killed.exited;
    // The end of the connection has to arrive: until then, a call on it would be lost.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await balanced.namesOf(4)).toEqual(["a", "a", "a", "a"]);
  });

  it("when an instance drains", async () => {
    await using a = await openNamed("a");
    const b = await openNamed("b");
    await using balanced = openTransport(testDiscovery(a.address, b.address));
    await balanced.namesOf(2);
    const drained = b[Symbol.asyncDispose]();
    await balanced.namesOf(1); // may have crossed the news, and is answered all the same
    expect(await balanced.namesOf(4)).toEqual(["a", "a", "a", "a"]);
    await drained;
  });

  it("when an instance refuses the stream", async () => {
    await using a = await openNamed("a");
    let refused = 0;
    await using refusing = await openRawHttp2Server((call) => {
      refused++;
      call.close(constants.NGHTTP2_REFUSED_STREAM);
    });
    await using balanced = openTransport(testDiscovery(refusing.address, a.address));
    expect(await balanced.namesOf(4)).toEqual(["a", "a", "a", "a"]);
    expect(refused).toBeGreaterThan(0);
  });

  it.each([constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_INTERNAL_ERROR])(
    "when an instance goes with code %i and a last stream below the call's",
    async (code) => {
      await using a = await openNamed("a");
      await using going = await openScriptedServer(goawayFrame(0, code));
      await using balanced = openTransport(testDiscovery(going.address, a.address));
      expect(await balanced.namesOf(4)).toEqual(["a", "a", "a", "a"]);
    },
  );

  it("and so does the call of a stream of answers, its message included", async () => {
    await using a = await openNamed("a");
    await using refusing = await openRawHttp2Server((call) => call.close(constants.NGHTTP2_REFUSED_STREAM));
    await using balanced = openTransport(testDiscovery(refusing.address, await closedAddress(), a.address));
    for (let count = 0; count < 3; count++) {
      const updates = balanced.health.watch({ service: "user.v1.UserService" })[Symbol.asyncIterator]();
      expect((await updates.next()).value).toMatchObject({ status: Status.SERVING });
    }
  });

  it("and so does a stream of requests that could not be opened, none of its messages lost", async () => {
    await using a = await openNamed("a");
    await using balanced = openTransport(testDiscovery(await closedAddress(), a.address));
    const reflection = createClient(ServerReflection, balanced.transport);
    for (let count = 0; count < 2; count++) {
      const hosts = ["one", "two", "three"];
      async function* requests() {
        for (const host of hosts) yield { host, messageRequest: { case: "listServices" as const, value: "" } };
      }
      const answers = await Array.fromAsync(reflection.serverReflectionInfo(requests()));
      expect(answers.map(({ validHost }) => validHost)).toEqual(hosts);
    }
  });

  it("to each one, which is asked twice: then it is UNAVAILABLE", async () => {
    let refused = 0;
    const refuse = () =>
      openRawHttp2Server((call) => {
        refused++;
        call.close(constants.NGHTTP2_REFUSED_STREAM);
      });
    await using a = await refuse();
    await using b = await refuse();
    await using balanced = openTransport(testDiscovery(a.address, b.address));
    const error: unknown = await balanced.users.getUser({}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: Code.Unavailable });
    expect(isNotProcessed(error)).toBe(true);
    expect(refused).toBe(4);
  });
});

describe("a call that may have been processed, and must not be repeated, is never made twice", () => {
  it("when the connection breaks before the answer", async () => {
    let calls = 0;
    const breaking = () =>
      openRawHttp2Server((call) => {
        calls++;
        call.session?.destroy();
      });
    await using a = await breaking();
    await using b = await breaking();
    await using balanced = openTransport(testDiscovery(a.address, b.address));
    await expect(balanced.users.createUser({})).rejects.toMatchObject({ code: Code.Unavailable });
    expect(calls).toBe(1);
  });

  it("when a stream has begun to answer", async () => {
    let calls = 0;
    const breaking = () =>
      openRawHttp2Server((call) => {
        calls++;
        call.respond({ ":status": 200, "content-type": "application/grpc+proto" });
        call.write(Buffer.from([0, 0, 0, 0, 0]));
        setTimeout(() => call.session?.destroy(), 50);
      });
    await using a = await breaking();
    await using b = await breaking();
    await using balanced = openTransport(testDiscovery(a.address, b.address));
    await expect(Array.fromAsync(balanced.health.watch({}))).rejects.toMatchObject({ code: Code.Unavailable });
    expect(calls).toBe(1);
  });
});

describe("while no instance is known", () => {
  it("a call waits for one", async () => {
    await using server = await openNamed("a");
    const discovery = testDiscovery();
    await using balanced = openTransport(discovery);
    const calls = [balanced.namesOf(1), balanced.namesOf(1)];
    setTimeout(() => discovery.set(server.address), 20);
    expect(await Promise.all(calls)).toEqual([["a"], ["a"]]);
  });

  it.each([
    ["the caller's", 30, {}],
    ["the transport's", undefined, { deadlineMs: 30 }],
  ])("a call is UNAVAILABLE and names the service after %s deadline", async (_, timeoutMs, options) => {
    await using balanced = openTransport(testDiscovery(), options);
    const call = balanced.users.getUser({}, timeoutMs === undefined ? {} : { timeoutMs });
    await expect(call).rejects.toMatchObject({
      code: Code.Unavailable,
      rawMessage: "no instance of user is known: waited 30 ms for one",
    });
  });

  it("all calls wait for one, however many they are", async () => {
    await using a = await openUserServer({}, { concurrency: false });
    const discovery = testDiscovery();
    await using balanced = openTransport(discovery);
    const calls = Array.from({ length: 200 }, () => balanced.users.getUser({ userId: "7" }));
    discovery.set(a.address);
    expect(await Promise.all(calls)).toHaveLength(200);
  });

  it("a stream without a deadline is UNAVAILABLE after the transport's", async () => {
    await using balanced = openTransport(testDiscovery(), { deadlineMs: 30 });
    await expect(Array.fromAsync(balanced.health.watch({}))).rejects.toMatchObject({
      code: Code.Unavailable,
      rawMessage: expect.stringContaining("no instance of user is known"),
    });
  });

  it("the caller can give up", async () => {
    await using balanced = openTransport(testDiscovery());
    const controller = new AbortController();
    const call = expect(balanced.users.getUser({}, { signal: controller.signal })).rejects.toMatchObject({
      code: Code.Canceled,
    });
    controller.abort();
    await call;
  });

  it("disposing ends the wait", async () => {
    const balanced = openTransport(testDiscovery());
    const call = expect(balanced.users.getUser({})).rejects.toMatchObject({ code: Code.Unavailable });
    await balanced[Symbol.asyncDispose]();
    await call;
  });
});

describe("deadlines and cancellation", () => {
  const stuck = () =>
    openUserServer({
      async getUser(_, { signal }) {
        await once(signal, "abort");
        return {};
      },
    });

  it.each([
    ["the caller's", 50, {}],
    ["the transport's", undefined, { deadlineMs: 50 }],
  ])("a call ends with DEADLINE_EXCEEDED at %s deadline", async (_, timeoutMs, options) => {
    await using server = await stuck();
    await using balanced = openTransport(testDiscovery(server.address), options);
    const call = balanced.users.getUser({}, timeoutMs === undefined ? {} : { timeoutMs });
    await expect(call).rejects.toMatchObject({ code: Code.DeadlineExceeded });
  });

  it("the wait for an instance is part of a call's time", async () => {
    const told = Promise.withResolvers<number | undefined>();
    await using server = await openUserServer({
      getUser(_, { timeoutMs }) {
        told.resolve(timeoutMs());
        return {};
      },
    });
    const discovery = testDiscovery();
    await using balanced = openTransport(discovery);
    const call = balanced.users.getUser({}, { timeoutMs: 10_000 });
    setTimeout(() => discovery.set(server.address), 100);
    await call;
    expect(await told.promise).toBeLessThanOrEqual(9901);
  });

  it("a stream has no deadline of its own", async () => {
    await using server = await openNamed("a");
    await using balanced = openTransport(testDiscovery(server.address), { deadlineMs: 50 });
    const updates = balanced.health.watch({})[Symbol.asyncIterator]();
    await updates.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    server.stopServing();
    expect((await updates.next()).value).toMatchObject({ status: Status.NOT_SERVING });
  });

  it("a call ends with CANCELED when the caller aborts it", async () => {
    await using server = await stuck();
    await using balanced = openTransport(testDiscovery(server.address));
    const signal = AbortSignal.timeout(50);
    await expect(balanced.users.getUser({}, { signal })).rejects.toMatchObject({ code: Code.Canceled });
  });
});
