import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { UserService } from "@banyan/stubs-user";
import { Code, createClient } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { http2Transport } from "../client/http2-transport.ts";
import { isNotProcessed } from "../client/not-processed-error.ts";
import { userServersOn, type UserServer } from "../testing/user-server.ts";
import { engines } from "../engine.ts";

describe.each(engines)("%s:", (engine) => {
  const openUserServer = userServersOn(engine);

  /** A server whose GetUser answers when the test says so; it has `arrived` when so many calls have. */
  async function openSlowServer({ calls = 1, ...options }: { calls?: number; drainTimeoutMs?: number } = {}) {
    let arrivals = 0;
    const arrived = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const server = await openUserServer(
      {
        async getUser(_, { signal }) {
          if (++arrivals === calls) arrived.resolve();
          await finish.promise;
          return { name: signal.aborted ? "aborted" : "Ada" };
        },
      },
      options,
    );
    return { server, arrived: arrived.promise, finish: finish.resolve };
  }

  async function postJson(server: UserServer, agent: Agent): Promise<IncomingMessage> {
    const call = request(`${server.url}/user.v1.UserService/GetUser`, {
      agent,
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    call.end("{}");
    const [response] = await once(call, "response");
    return response;
  }

  describe("disposing a server", () => {
    it("finishes a unary call in flight, and then is closed", async () => {
      const { server, arrived, finish } = await openSlowServer();
      await using transport = http2Transport(server.address);
      const answer = createClient(UserService, transport).getUser({});
      await arrived;
      const drained = server[Symbol.asyncDispose]();
      expect(server.drainSignal.aborted).toBe(true);
      finish();
      expect((await answer).name, "its signal is left alone").toBe("Ada");
      await drained;
      expect(server.captured.records()).not.toContainEqual(expect.objectContaining({ level: "warn" }));
    });

    it("refuses new connections from its beginning, without having processed anything", async () => {
      const { server, arrived, finish } = await openSlowServer();
      await using transport = http2Transport(server.address);
      const users = createClient(UserService, transport);
      const answer = users.getUser({});
      await arrived;
      const drained = server[Symbol.asyncDispose]();
      await using late = http2Transport(server.address);
      const error: unknown = await createClient(UserService, late)
        .getUser({})
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: Code.Unavailable });
      expect(isNotProcessed(error)).toBe(true);
      finish();
      await Promise.all([answer, drained]);
    });

    it("tells an idle HTTP/2 session to go, and closes it", async () => {
      const { server } = await openSlowServer();
      const session = connectHttp2(server.url);
      await once(session, "remoteSettings");
      const goaway = once(session, "goaway");
      const closed = once(session, "close");
      await server[Symbol.asyncDispose]();
      expect((await goaway)[0]).toBe(0);
      await closed;
    });

    it("answers the request in flight on HTTP/1.1 with connection: close, and closes connections that rest", async () => {
      const { server, arrived, finish } = await openSlowServer();
      const resting = new Agent({ keepAlive: true });
      const busy = new Agent({ keepAlive: true });
      const rested = await new Promise<IncomingMessage>((resolve) =>
        request(server.url, { agent: resting }, resolve).end(),
      );
      rested.resume();
      const restingClosed = once(rested.socket, "close");
      const answer = postJson(server, busy);
      await arrived;
      const drained = server[Symbol.asyncDispose]();
      await restingClosed;
      finish();
      const response = await answer;
      expect([response.statusCode, response.headers.connection]).toEqual([200, "close"]);
      response.resume();
      await drained;
    });

    it("closes a connection that has said nothing", async () => {
      const { server } = await openSlowServer();
      const socket = connect(server.port, "127.0.0.1");
      await once(socket, "connect");
      const closed = once(socket, "close");
      socket.resume();
      await server[Symbol.asyncDispose]();
      await closed;
    });

    it("cuts off what is not answered in time, on HTTP/2 and HTTP/1.1, and says so", async () => {
      const { server, arrived, finish } = await openSlowServer({ calls: 2, drainTimeoutMs: 100 });
      await using transport = http2Transport(server.address);
      const overHttp2 = expect(createClient(UserService, transport).getUser({})).rejects.toMatchObject({
        code: Code.Unavailable,
      });
      const overHttp1 = expect(postJson(server, new Agent())).rejects.toThrow("socket hang up");
      await arrived;
      await server[Symbol.asyncDispose]();
      await Promise.all([overHttp2, overHttp1]);
      expect(server.captured.records()).toContainEqual(
        expect.objectContaining({ level: "warn", msg: "calls cut off", calls: 2 }),
      );
      finish();
    });

    it("keeps the admin port open until the calls have ended", async () => {
      const { server, arrived, finish } = await openSlowServer();
      await using transport = http2Transport(server.address);
      const answer = createClient(UserService, transport).getUser({});
      await arrived;
      const drained = server[Symbol.asyncDispose]();
      const admin = `http://127.0.0.1:${server.adminPort}`;
      expect((await fetch(`${admin}/readyz`)).status).toBe(503);
      expect((await fetch(`${admin}/healthz`)).status).toBe(200);
      finish();
      await Promise.all([answer, drained]);
      await expect(fetch(`${admin}/healthz`)).rejects.toThrow("fetch failed");
    });

    it("can be done twice", async () => {
      const { server } = await openSlowServer();
      await Promise.all([server[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]);
    });
  });
});
