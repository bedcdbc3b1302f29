import { gzipSync } from "node:zlib";
import { Health } from "@banyan/stubs-standard/health";
import { UserService } from "@banyan/stubs-user";
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { http2Transport } from "../client/http2-transport.ts";
import { userServersOn, userService, type UserServer } from "../testing/user-server.ts";
import { errorReasonOf } from "../wire/error-reason.ts";
import { engines } from "../engine.ts";

describe.each(engines)("%s:", (engine) => {
  const openUserServer = userServersOn(engine);

  let server: UserServer;
  beforeAll(async () => void (server = await openUserServer()));
  afterAll(() => server[Symbol.asyncDispose]());

  const failureOf = async (call: Promise<unknown>): Promise<ConnectError> => {
    const [outcome] = await Promise.allSettled([call]);
    if (outcome.status === "fulfilled") throw new Error("expected the call to fail");
    return ConnectError.from(outcome.reason);
  };

  describe("one port", () => {
    const protocols = [
      ["gRPC over HTTP/2", (baseUrl: string) => createGrpcTransport({ baseUrl })],
      ["gRPC-Web over HTTP/2", (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "2" })],
      ["gRPC-Web over HTTP/1.1", (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" })],
      ["Connect over HTTP/2", (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "2" })],
      ["Connect over HTTP/1.1", (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
      [
        "Connect GET over HTTP/1.1",
        (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "1.1", useHttpGet: true }),
      ],
    ] as const;

    describe.each(protocols)("%s", (_, transportTo) => {
      it("answers a unary call", async () => {
        const users = createClient(UserService, transportTo(server.url));
        expect(await users.getUser({ userId: "7" })).toMatchObject({ userId: "7", name: "Ada" });
      });

      it("answers a stream", async () => {
        const leave = new AbortController();
        const updates = createClient(Health, transportTo(server.url)).watch({}, { signal: leave.signal });
        expect((await updates[Symbol.asyncIterator]().next()).done).toBe(false);
        leave.abort();
      });

      it("gives the reason of a refusal", async () => {
        const users = createClient(UserService, transportTo(server.url));
        const error = await failureOf(users.getUser({ userId: "missing" }));
        expect(error).toMatchObject({ code: Code.NotFound, rawMessage: "no user has this id" });
        expect(errorReasonOf(error)).toEqual({
          reason: "USER_NOT_FOUND",
          domain: "user.banyan",
          metadata: { userId: "missing" },
        });
      });

      it.each(["defect", "broken database"])("gives nothing away of a %s", async (userId) => {
        const users = createClient(UserService, transportTo(server.url));
        const error = await failureOf(users.getUser({ userId }));
        const shown = JSON.stringify([error.rawMessage, error.details, [...error.metadata]]);
        expect(shown).not.toMatch(/hunter2|10\.1\.2\.3|ECONNREFUSED|stack|Error:/);
        expect(shown).toMatch(/internal error|database is unavailable/);
      });
    });

    it("answers JSON over HTTP/1.1, errors with their details", async () => {
      const call = (body: object) =>
        fetch(`${server.url}/user.v1.UserService/GetUser`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
      const answer = await call({ userId: "7" });
      expect([answer.status, await answer.json()]).toEqual([
        200,
        { userId: "7", name: "Ada", email: "ada@example.org" },
      ]);
      const refused = await call({ user_id: "" });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({
        code: "invalid_argument",
        message: "user_id: must be a UUID",
        details: [
          { type: "google.rpc.ErrorInfo", debug: { reason: "INVALID_INPUT", domain: "user.banyan" } },
          { type: "google.rpc.BadRequest", debug: { fieldViolations: [{ field: "user_id" }] } },
        ],
      });
    });
  });

  describe("what the codec refuses", () => {
    const grpcFrame = (message: Buffer): Buffer => {
      const head = Buffer.alloc(5);
      head.writeUInt32BE(message.length, 1);
      return Buffer.concat([head, message]);
    };

    it("is bad UTF-8, in gRPC-Web as in gRPC", async () => {
      const response = await fetch(`${server.url}/user.v1.UserService/GetUser`, {
        method: "POST",
        headers: { "content-type": "application/grpc-web+proto" },
        body: new Uint8Array(grpcFrame(Buffer.from([10, 1, 0xff]))),
      });
      const text = await response.text();
      expect(text).toMatch(/grpc-message: parse%20binary.*utf-8/);
      expect((await fetch(server.url)).status).toBe(404);
    });

    it.each(["{", '{"userId": 7}', '{"userId": "\\ud800"}', "[]", "null"])("is the JSON %s", async (body) => {
      const response = await fetch(`${server.url}/user.v1.UserService/GetUser`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: "invalid_argument" });
    });

    it.each([
      ["gRPC", () => createGrpcTransport({ baseUrl: server.url })],
      ["Connect", () => createConnectTransport({ baseUrl: server.url, httpVersion: "1.1" })],
    ])("is a message of 5 MB, in %s; one of 3 MB passes after it", async (_, transport) => {
      const users = createClient(UserService, transport());
      const error = await failureOf(users.createUser({ name: "x".repeat(5 << 20) }));
      expect(error.code).toBe(Code.ResourceExhausted);
      expect((await users.createUser({ name: "x".repeat(3 << 20) })).userId).toBe(String(3 << 20));
    });

    it("is a small message that decompresses to a large one", async () => {
      const response = await fetch(`${server.url}/user.v1.UserService/CreateUser`, {
        method: "POST",
        headers: { "content-type": "application/json", "content-encoding": "gzip" },
        body: new Uint8Array(gzipSync(JSON.stringify({ name: "x".repeat(16 << 20) }))),
      });
      expect(await response.json()).toMatchObject({ code: "resource_exhausted" });
    });
  });

  describe("limits", () => {
    it("refuses headers above 16 KiB: 431 on HTTP/1.1, RESOURCE_EXHAUSTED on HTTP/2", async () => {
      const headers = { "x-large": "x".repeat(17 * 1024) };
      expect((await fetch(server.url, { headers })).status).toBe(431);
      await using transport = http2Transport(server.address);
      const users = createClient(UserService, transport);
      await users.getUser({ userId: "7" });
      expect(await failureOf(users.getUser({ userId: "7" }, { headers }))).toMatchObject({
        code: Code.ResourceExhausted,
      });
      expect(await users.getUser({ userId: "7" })).toMatchObject({ userId: "7" });
    });

    it("refuses a deadline that is further away than a day", async () => {
      await using transport = http2Transport(server.address);
      const users = createClient(UserService, transport);
      const day = 86_400_000;
      expect(await users.getUser({ userId: "7" }, { timeoutMs: day })).toMatchObject({ userId: "7" });
      const error = await failureOf(users.getUser({ userId: "7" }, { timeoutMs: day + 1 }));
      expect(error.code).toBe(Code.InvalidArgument);
    });

    it("lets callers queue the calls above the number that one connection may make at a time", async () => {
      let inFlight = 0;
      let most = 0;
      const getUser = async (): Promise<object> => {
        most = Math.max(most, ++inFlight);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inFlight--;
        return {};
      };
      await using narrow = await openUserServer({ getUser }, { limits: { maxConcurrentStreams: 10 } });
      // Ours would open more connections.
      await using transport = http2Transport(narrow.address, { engine: "connect-node" });
      const users = createClient(UserService, transport);
      await users.getUser({});
      await Promise.all(Array.from({ length: 50 }, () => users.getUser({})));
      expect(most).toBe(10);
    });

    it("bears that a caller gives up 2,000 calls on one connection", async () => {
      const createUser = (): Promise<never> => new Promise(() => undefined);
      await using patient = await openUserServer({ createUser }, { concurrency: false });
      await using transport = http2Transport(patient.address);
      const users = createClient(UserService, transport);
      for (let round = 0; round < 20; round++) {
        const controller = new AbortController();
        const calls = Array.from({ length: 100 }, () => users.createUser({}, { signal: controller.signal }));
        const ended = Promise.allSettled(calls);
        await users.getUser({ userId: "7" });
        controller.abort();
        await ended;
      }
      expect(await users.getUser({ userId: "7" })).toMatchObject({ userId: "7" });
    });

    it("carries 40 messages of a megabyte at a time on one connection, both ways", async () => {
      await using large = await openUserServer({ getUser: ({ userId }) => ({ name: "x".repeat(Number(userId)) }) });
      await using transport = http2Transport(large.address, { deadlineMs: 15_000 });
      const users = createClient(UserService, transport);
      const name = "x".repeat(1 << 20);
      const sent = await Promise.all(Array.from({ length: 40 }, () => users.createUser({ name })));
      expect(sent.every(({ userId }) => userId === String(1 << 20))).toBe(true);
      const got = await Promise.all(Array.from({ length: 40 }, () => users.getUser({ userId: String(1 << 20) })));
      expect(got.every((user) => user.name.length === 1 << 20)).toBe(true);
    });
  });

  describe("the log of a server under load", () => {
    it("says at the end how many successful calls were left out", async () => {
      const busy = await openUserServer({}, { LOG_CALLS_PER_SECOND: 0 });
      {
        await using transport = http2Transport(busy.address);
        const users = createClient(UserService, transport);
        for (let count = 0; count < 3; count++) await users.getUser({ userId: "7" });
      }
      await busy[Symbol.asyncDispose]();
      const told = busy.captured.records().filter(({ leftOut }) => leftOut !== undefined);
      expect(told).toEqual([expect.objectContaining({ leftOut: 3, msg: "calls that were left out of the log" })]);
    });
  });

  describe("interceptors", () => {
    it("run inside of the call log and the error table", async () => {
      const seen: string[] = [];
      const interceptor: Interceptor = (next) => async (request) => {
        seen.push(request.method.name);
        try {
          return await next(request);
        } catch (error) {
          seen.push(error instanceof Error ? error.name : "");
          throw error;
        }
      };
      await using intercepted = await openUserServer(userService, { interceptors: [interceptor] });
      await using transport = http2Transport(intercepted.address);
      await failureOf(createClient(UserService, transport).getUser({ userId: "missing" }));
      expect(seen).toEqual(["GetUser", "UserNotFoundError"]);
      expect(intercepted.captured.records()).toContainEqual(
        expect.objectContaining({ msg: "call", method: "user.v1.UserService/GetUser", code: "not_found" }),
      );
    });
  });
});
