import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { constants, type ServerHttp2Stream } from "node:http2";
import { createServer, Socket } from "node:net";
import { Health } from "@banyan/stubs-standard/health";
import { UserService } from "@banyan/stubs-user";
import { runCall } from "@banyan/telemetry";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../server/listen.ts";
import {
  answerUnimplemented,
  goawayFrame,
  openDeafServer,
  openRawHttp2Server,
  openScriptedServer,
} from "../testing/raw-http2-server.ts";
import { openUserServer } from "../testing/user-server.ts";
import { http2Transport } from "./http2-transport.ts";
import { engines } from "../engine.ts";
import { isNotProcessed } from "./not-processed-error.ts";
import type { Http2Transport, Http2TransportOptions } from "./transport-options.ts";

/** The address of a port where nobody listens. */
async function closedPort(): Promise<string> {
  await using server = createServer();
  return (await listen(server, { host: "127.0.0.1", port: 0, variable: "PORT" })).address;
}

describe.each(engines)("by %s", (engine) => {
  const open = (address: string, options: Http2TransportOptions = {}): Http2Transport =>
    http2Transport(address, { engine, ...options });

  async function failureAt(address: string, options: Http2TransportOptions = {}): Promise<ConnectError> {
    await using transport = open(address, options);
    const [outcome] = await Promise.allSettled([createClient(UserService, transport).getUser({ userId: "7" })]);
    if (outcome.status === "fulfilled") throw new Error("expected the call to fail");
    return ConnectError.from(outcome.reason);
  }

  describe("http2Transport", () => {
    it.each(["", "localhost", "localhost:", "localhost:x", ":1", "a/b:1", "user@a:1", "::1:50051", "a b:1", "a:1#"])(
      "refuses the address %j",
      (address) => {
        expect(() => open(address)).toThrow(TypeError);
      },
    );

    it("makes all calls over one connection", async () => {
      await using server = await openRawHttp2Server(answerUnimplemented);
      await using transport = open(server.address);
      const users = createClient(UserService, transport);
      const calls = await Promise.allSettled(Array.from({ length: 20 }, () => users.getUser({})));
      await expect(users.getUser({})).rejects.toMatchObject({ code: Code.Unimplemented });
      expect([calls.length, server.connections()]).toEqual([20, 1]);
    });

    it("opens another connection when the one it had is gone", async () => {
      await using server = await openUserServer();
      await using transport = open(server.address);
      const users = createClient(UserService, transport);
      await Promise.all([users.getUser({ userId: "1" }), users.getUser({ userId: "2" })]);
      await server[Symbol.asyncDispose]();
      await using again = await openUserServer({}, { PORT: server.port, ADMIN_PORT: 0 });
      expect(await users.getUser({ userId: "3" })).toMatchObject({ userId: "3" });
      expect(again.address).toBe(server.address);
    });

    it("sends the correlation id of the call being worked on", async () => {
      await using server = await openUserServer();
      await using transport = open(server.address);
      await runCall({ requestId: "order-7" }, () => createClient(UserService, transport).getUser({ userId: "1" }));
      expect(server.captured.records()).toContainEqual(expect.objectContaining({ requestId: "order-7", msg: "call" }));
    });

    it("gives a unary call that sets no deadline one of 5 s, and tells the server", async () => {
      const told: (number | undefined)[] = [];
      await using server = await openUserServer({
        getUser(_, { timeoutMs }) {
          told.push(timeoutMs());
          return {};
        },
      });
      await using transport = open(server.address);
      const users = createClient(UserService, transport);
      await users.getUser({});
      await users.getUser({}, { timeoutMs: 60_000 });
      await users.getUser({}, { timeoutMs: 0 });
      expect(told[0]).toBeLessThanOrEqual(5000);
      expect(told[1]).toBeGreaterThan(5000);
      expect(told[2]).toBeUndefined();
    });

    it("ends a call at its deadline, and the server sees it", async () => {
      const aborted = Promise.withResolvers<unknown>();
      await using server = await openUserServer({
        async getUser(_, { signal }) {
          await once(signal, "abort");
          aborted.resolve(signal.reason);
          return {};
        },
      });
      expect(await failureAt(server.address, { deadlineMs: 50 })).toMatchObject({ code: Code.DeadlineExceeded });
      expect(await aborted.promise).toBeInstanceOf(ConnectError);
    });

    it("ends a call with CANCELED when the caller aborts it, and the server sees it", async () => {
      const arrived = Promise.withResolvers<void>();
      const aborted = Promise.withResolvers<void>();
      await using server = await openUserServer({
        async getUser(_, { signal }) {
          arrived.resolve();
          await once(signal, "abort");
          aborted.resolve();
          return {};
        },
      });
      await using transport = open(server.address);
      const controller = new AbortController();
      const call = createClient(UserService, transport).getUser({}, { signal: controller.signal });
      const canceled = expect(call).rejects.toMatchObject({ code: Code.Canceled });
      await arrived.promise;
      controller.abort();
      await canceled;
      await aborted.promise;
    });

    it("retires when the calls under way have ended, and takes no more", async () => {
      const arrived = Promise.withResolvers<void>();
      const finish = Promise.withResolvers<void>();
      await using server = await openUserServer({
        async getUser() {
          arrived.resolve();
          await finish.promise;
          return { name: "Ada" };
        },
      });
      await using transport = open(server.address);
      const users = createClient(UserService, transport);
      const call = users.getUser({});
      await arrived.promise;
      let retired = false;
      const retiring = transport.retire().then(() => (retired = true));
      const refused: unknown = await users.getUser({}).catch((reason: unknown) => reason);
      expect(isNotProcessed(refused)).toBe(true);
      expect(retired).toBe(false);
      finish.resolve();
      expect(await call).toMatchObject({ name: "Ada" });
      await retiring;
    });

    it("ends the calls under way with UNAVAILABLE when it is disposed", async () => {
      await using server = await openUserServer();
      const transport = open(server.address);
      const updates = createClient(Health, transport).watch({})[Symbol.asyncIterator]();
      await updates.next();
      const ended = expect(updates.next()).rejects.toMatchObject({ code: Code.Unavailable });
      await transport[Symbol.asyncDispose]();
      await ended;
    });

    it("leaves no socket connecting when it is disposed", async () => {
      await using server = await openRawHttp2Server(answerUnimplemented);
      const opened = Promise.withResolvers<Socket>();
      const note = (message: unknown): void => {
        if (typeof message !== "object" || message === null || !("socket" in message)) return;
        if (message.socket instanceof Socket) opened.resolve(message.socket);
      };
      subscribe("net.client.socket", note);
      onTestFinished(() => void unsubscribe("net.client.socket", note));
      const transport = open(server.address);
      const ended = expect(createClient(UserService, transport).getUser({})).rejects.toMatchObject({
        code: Code.Unavailable,
      });
      const socket = await opened.promise;
      expect(socket.connecting).toBe(true);
      await transport[Symbol.asyncDispose]();
      expect(socket.destroyed).toBe(true);
      await ended;
    });

    it("finds by ping that a server with a call under way is dead", async () => {
      await using server = await openDeafServer();
      const error = await failureAt(server.address, { pingIntervalMs: 50, pingTimeoutMs: 50, deadlineMs: 10_000 });
      expect(error).toMatchObject({ code: Code.Unavailable, rawMessage: expect.stringMatching(/ping/i) });
      expect(isNotProcessed(error)).toBe(false);
    });
  });

  describe("it is certain that a call was not processed", () => {
    it("when nobody listens", async () => {
      const address = await closedPort();
      const error = await failureAt(address);
      expect(error).toMatchObject({ code: Code.Unavailable, rawMessage: expect.stringContaining("ECONNREFUSED") });
      expect(isNotProcessed(error)).toBe(true);
    });

    it("when the host has no address", async () => {
      const error = await failureAt("nowhere.invalid:1");
      expect(error).toMatchObject({ code: Code.Unavailable });
      expect(isNotProcessed(error)).toBe(true);
    });

    it("when the connection could not be opened in time", async () => {
      // 192.0.2.0/24 is for documentation: packets to it are lost, or refused at once where there is no route.
      const error = await failureAt("192.0.2.1:1", { connectTimeoutMs: 50 });
      expect(error.code).toBe(Code.Unavailable);
      expect(isNotProcessed(error)).toBe(true);
    });

    it("when the stream is refused", async () => {
      await using server = await openRawHttp2Server((call) => call.close(constants.NGHTTP2_REFUSED_STREAM));
      const error = await failureAt(server.address);
      expect(error.code).toBe(Code.Unavailable);
      expect(isNotProcessed(error)).toBe(true);
    });

    it.each([constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_INTERNAL_ERROR, constants.NGHTTP2_ENHANCE_YOUR_CALM])(
      "when the server goes with code %i and a last stream below that of the call",
      async (code) => {
        await using server = await openScriptedServer(goawayFrame(0, code));
        const error = await failureAt(server.address);
        expect(error.code).toBe(Code.Unavailable);
        expect(isNotProcessed(error)).toBe(true);
      },
    );
  });

  describe("it is not certain that a call was not processed", () => {
    const answers: [string, (call: ServerHttp2Stream) => void][] = [
      ["the connection is closed", (call) => call.session?.destroy()],
      ["the connection is reset", (call) => void call.session?.socket.destroy()],
      ["the server goes with an error", (call) => call.session?.goaway(constants.NGHTTP2_INTERNAL_ERROR)],
    ];

    it.each(answers)("when %s before the answer; it is UNAVAILABLE", async (_, answer) => {
      await using server = await openRawHttp2Server(answer);
      const error = await failureAt(server.address);
      expect(error.code).toBe(Code.Unavailable);
      expect(isNotProcessed(error)).toBe(false);
    });

    it("when the server goes with a last stream that includes the call", async () => {
      await using server = await openScriptedServer(goawayFrame(1, constants.NGHTTP2_NO_ERROR));
      const error = await failureAt(server.address);
      expect(error.code).toBe(Code.Unavailable);
      expect(isNotProcessed(error)).toBe(false);
    });

    it("when the server asks for calm; it is RESOURCE_EXHAUSTED", async () => {
      await using server = await openRawHttp2Server((call) => call.close(constants.NGHTTP2_ENHANCE_YOUR_CALM));
      const error = await failureAt(server.address);
      expect(error.code).toBe(Code.ResourceExhausted);
      expect(isNotProcessed(error)).toBe(false);
    });

    it("when the server answers UNAVAILABLE", async () => {
      await using server = await openUserServer();
      await using transport = open(server.address);
      const [outcome] = await Promise.allSettled([
        createClient(UserService, transport).getUser({ userId: "broken database" }),
      ]);
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: Code.Unavailable } });
      expect(outcome.status === "rejected" && isNotProcessed(outcome.reason)).toBe(false);
    });

    it("when the connection breaks in the middle of a stream; it is UNAVAILABLE", async () => {
      await using server = await openRawHttp2Server((call) => {
        call.respond({ ":status": 200, "content-type": "application/grpc+proto" });
        call.write(Buffer.from([0, 0, 0, 0, 0]));
        call.once("drain", () => call.session?.destroy());
        setTimeout(() => call.session?.destroy(), 50);
      });
      await using transport = open(server.address);
      const updates = createClient(Health, transport).watch({})[Symbol.asyncIterator]();
      expect((await updates.next()).done).toBe(false);
      await expect(updates.next()).rejects.toMatchObject({ code: Code.Unavailable });
    });
  });
});
