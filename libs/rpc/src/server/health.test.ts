import { Health, HealthCheckResponse_ServingStatus as Status } from "@banyan/stubs-standard/health";
import { UserService } from "@banyan/stubs-user";
import { Code, createClient } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { http2Transport } from "../client/http2-transport.ts";
import { userServersOn } from "../testing/user-server.ts";
import { engines } from "../engine.ts";

describe.each(engines)("%s:", (engine) => {
  const openUserServer = userServersOn(engine);

  describe("grpc.health.v1.Health", () => {
    it.each(["", "user", "user.v1.UserService"])(
      "answers for %j by whether the service is healthy",
      async (service) => {
        await using well = await openUserServer();
        await using ill = await openUserServer({}, { healthy: () => Promise.reject(new Error("no database")) });
        const statuses = [];
        for (const { address } of [well, ill]) {
          await using transport = http2Transport(address);
          statuses.push((await createClient(Health, transport).check({ service })).status);
        }
        expect(statuses).toEqual([Status.SERVING, Status.NOT_SERVING]);
      },
    );

    it("answers SERVING for liveness whether the service is healthy or not, while the server stops as well", async () => {
      await using ill = await openUserServer({}, { healthy: () => Promise.reject(new Error("no database")) });
      await using transport = http2Transport(ill.address);
      const health = createClient(Health, transport);
      const watched = health.watch({ service: "liveness" })[Symbol.asyncIterator]();
      expect((await watched.next()).value).toMatchObject({ status: Status.SERVING });
      expect(await health.check({ service: "liveness" })).toMatchObject({ status: Status.SERVING });
      ill.stopServing();
      expect(await health.check({ service: "liveness" })).toMatchObject({ status: Status.SERVING });
      expect(await health.check({ service: "user" })).toMatchObject({ status: Status.NOT_SERVING });
    });

    it.each(["order", "order.v1.OrderService", "user.v1", "User"])(
      "answers NOT_FOUND to a check of %s, which is not here",
      async (service) => {
        await using server = await openUserServer();
        await using transport = http2Transport(server.address);
        await expect(createClient(Health, transport).check({ service })).rejects.toMatchObject({ code: Code.NotFound });
      },
    );

    it("tells in the headers of its answers when the process began to serve, and other services do not", async () => {
      const before = Date.now();
      await using server = await openUserServer();
      await using transport = http2Transport(server.address);
      const told: (string | null)[] = [];
      const onHeader = (headers: Headers): unknown => told.push(headers.get("server-started-at"));
      await createClient(Health, transport).check({}, { onHeader });
      const left = new AbortController();
      const updates = createClient(Health, transport).watch({}, { onHeader, signal: left.signal });
      await updates[Symbol.asyncIterator]().next();
      left.abort();
      await createClient(UserService, transport).getUser({ userId: "7" }, { onHeader });
      const [first, second, third] = told;
      expect(new Date(first ?? "").toISOString()).toBe(first);
      expect(Date.parse(first ?? "")).toBeGreaterThanOrEqual(before);
      expect([second, third]).toEqual([first, null]);
    });

    it("tells watchers the status now and each change, and ends their streams with UNAVAILABLE on drain", async () => {
      await using server = await openUserServer();
      await using transport = http2Transport(server.address);
      const updates = createClient(Health, transport).watch({})[Symbol.asyncIterator]();
      expect((await updates.next()).value).toMatchObject({ status: Status.SERVING });
      server.stopServing();
      expect((await updates.next()).value).toMatchObject({ status: Status.NOT_SERVING });
      const ended = expect(updates.next()).rejects.toMatchObject({
        code: Code.Unavailable,
        rawMessage: "server is draining",
      });
      await server[Symbol.asyncDispose]();
      await ended;
    });

    it("tells watchers SERVICE_UNKNOWN of a service that is not here, and keeps the stream open", async () => {
      await using server = await openUserServer();
      await using transport = http2Transport(server.address);
      const controller = new AbortController();
      const health = createClient(Health, transport);
      const watch = health.watch({ service: "order.v1.OrderService" }, { signal: controller.signal });
      const updates = watch[Symbol.asyncIterator]();
      expect((await updates.next()).value).toMatchObject({ status: Status.SERVICE_UNKNOWN });
      const ended = expect(updates.next()).rejects.toMatchObject({ code: Code.Canceled });
      controller.abort();
      await ended;
    });

    it("ends a watcher's stream at its deadline", async () => {
      await using server = await openUserServer();
      await using transport = http2Transport(server.address);
      await expect(Array.fromAsync(createClient(Health, transport).watch({}, { timeoutMs: 50 }))).rejects.toMatchObject(
        {
          code: Code.DeadlineExceeded,
        },
      );
    });

    it("is not in the call log", async () => {
      await using server = await openUserServer();
      await using transport = http2Transport(server.address);
      await createClient(Health, transport).check({});
      expect(server.captured.records()).not.toContainEqual(expect.objectContaining({ msg: "call" }));
    });
  });
});
