import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { CreateUserRequestSchema, GetUserRequestSchema, UserService } from "@banyan/stubs-user";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  encodeBinaryHeader,
  type ConnectRouter,
  type Interceptor,
  type ServiceImpl,
} from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBothEngines, type BothEngines } from "../testing/both-engines.ts";
import { enveloped } from "../testing/grpc-answer.ts";
import { userService } from "../testing/user-server.ts";

/** Does what the user's id says. */
const implementation: Partial<ServiceImpl<typeof UserService>> = {
  async getUser({ userId }, context) {
    switch (userId) {
      case "headers":
        context.responseHeader.set("x-answer", "one");
        context.responseHeader.append("x-answer", "two");
        context.responseHeader.append("set-cookie", "a=1");
        context.responseHeader.append("set-cookie", "b=2");
        context.responseTrailer.set("x-trailer", "three");
        context.responseTrailer.set("facts-bin", encodeBinaryHeader(new Uint8Array([0, 255, 7])));
        return { userId };
      case "seen": {
        const { requestMethod, url, protocolName, requestHeader } = context;
        const seen = [...requestHeader].filter(([name]) => name.startsWith("x-") && name !== "x-request-id");
        return { name: JSON.stringify({ requestMethod, url: new URL(url).pathname, protocolName, seen }) };
      }
      case "details": {
        const metadata = { "x-why": "because", "content-length": "7", "grpc-status": "1" };
        const value = { reason: "OUT", domain: "test", metadata: { a: "1" } };
        throw new ConnectError("näin ei käy 100%", Code.Aborted, metadata, [{ desc: ErrorInfoSchema, value }]);
      }
      case "after headers":
        context.responseHeader.set("x-answer", "kept");
        context.responseTrailer.set("x-trailer", "kept");
        throw new ConnectError("no", Code.FailedPrecondition);
      case "content type":
        context.responseHeader.set("content-type", "text/mine");
        context.responseTrailer.delete("grpc-status");
        return { userId };
      case "deadline": {
        const { signal, timeoutMs } = context;
        expect(timeoutMs()).toBeLessThanOrEqual(60);
        await once(signal, "abort");
        throw signal.reason;
      }
      case "no time":
        throw new ConnectError(`${(context.timeoutMs() ?? 1) <= 0} ${context.signal.aborted}`, Code.OutOfRange);
      case "large":
        return { name: "x".repeat(5000) };
      case "very large":
        return { name: "x".repeat(1_000_000) };
      case "no UTF-8":
        return { name: "\ud800" };
      default:
        return userService.getUser(create(GetUserRequestSchema, { userId }), context);
    }
  },
};

const changing: Interceptor = (next) => async (request) => {
  switch (request.header.get("x-intercept")) {
    case "refuse":
      throw new ConnectError("refused", Code.PermissionDenied, { "x-refused": "yes" });
    case "fail":
      throw new Error("secret");
    case "copy": {
      request.header.set("x-added", "by an interceptor");
      const response = await next({ ...request, header: new Headers(request.header) });
      if (response.stream) return response;
      const [header, trailer] = [new Headers(response.header), new Headers(response.trailer)];
      header.set("x-mine", "1");
      trailer.set("x-mine-too", "2");
      return { ...response, header, trailer };
    }
    case "mutate": {
      const response = await next(request);
      response.header.set("x-mutated", "header");
      response.trailer.append("x-mutated", "trailer");
      return response;
    }
    case null:
    default:
      return next(request);
  }
};

let both: BothEngines;

beforeAll(async () => {
  const services = (router: ConnectRouter) => router.service(UserService, { ...userService, ...implementation });
  both = await openBothEngines({ routes: services, interceptors: [changing], limits: { maxMessageBytes: 100_000 } });
});

afterAll(() => both[Symbol.asyncDispose]());

const path = "/user.v1.UserService/GetUser";
const same: BothEngines["same"] = (headers, ...body) => both.same({ ":path": path, ...headers }, ...body);

const request = (userId: string): Uint8Array =>
  toBinary(GetUserRequestSchema, create(GetUserRequestSchema, { userId }));
const grpc = { "content-type": "application/grpc" };

const ids = [
  "7",
  "",
  "missing",
  "broken database",
  "defect",
  "headers",
  "seen",
  "details",
  "after headers",
  "content type",
  "no time",
  "large",
  "very large",
  "no UTF-8",
];

describe("both engines answer alike:", () => {
  describe.each([
    ["gRPC", grpc],
    ["gRPC with +proto", { "content-type": "application/grpc+proto" }],
    ["gRPC that takes gzip", { ...grpc, "grpc-accept-encoding": "identity,deflate,gzip" }],
    ["gRPC-Web", { "content-type": "application/grpc-web+proto" }],
  ])("%s", (_, headers) => {
    it.each(ids)("a call of %j", async (userId) => {
      await same({ ...headers, "x-own": "a", "x-own-too": "ä" }, enveloped(request(userId)));
    });

    it.each(["refuse", "fail", "copy", "mutate"])("an interceptor that would %s", async (kind) => {
      await same({ ...headers, "x-intercept": kind }, enveloped(request("seen")));
    });
  });

  describe.each([
    ["Connect, binary", { "content-type": "application/proto" }, (userId: string) => Buffer.from(request(userId))],
    [
      "Connect, JSON",
      { "content-type": "application/json" },
      (userId: string) => Buffer.from(JSON.stringify({ userId })),
    ],
    [
      "Connect, JSON that takes gzip",
      { "content-type": "application/json; charset=utf-8", "accept-encoding": "gzip, br" },
      (userId: string) => Buffer.from(JSON.stringify({ userId })),
    ],
  ])("%s", (_, headers, bodyOf) => {
    it.each(ids)("a call of %j", async (userId) => {
      await same({ ...headers, "x-own": "a" }, bodyOf(userId));
    });

    it.each(["refuse", "fail", "copy", "mutate"])("an interceptor that would %s", async (kind) => {
      await same({ ...headers, "x-intercept": kind }, bodyOf("seen"));
    });

    it("a request that comes in pieces, and one that is too large", async () => {
      const body = bodyOf("7");
      await same(headers, body.subarray(0, 3), body.subarray(3));
      await same(headers, bodyOf("x".repeat(100_001)));
    });
  });

  it("gRPC as JSON", async () => {
    const { body } = await same({ "content-type": "application/grpc+json" }, enveloped(Buffer.from('{"userId":"7"}')));
    expect(body.toString()).toContain('"name":"Ada"');
  });

  it("deadlines", async () => {
    const { trailers } = await same({ ...grpc, "grpc-timeout": "50m" }, enveloped(request("deadline")));
    expect(trailers).toMatchObject({ "grpc-status": "4", "grpc-message": "the%20operation%20timed%20out" });
    const connectHeaders = { "content-type": "application/proto", "connect-timeout-ms": "50" };
    expect((await same(connectHeaders, Buffer.from(request("deadline")))).headers[":status"]).toBe(504);
    const late = await same({ ...grpc, "grpc-timeout": "0m" }, enveloped(request("no time")));
    expect(late.trailers["grpc-message"]).toBe("true%20true");
  });

  it.each(["1", "5x", "123456789S", "-1S", "99999999H"])("grpc-timeout: %s", async (timeout) => {
    const { trailers } = await same({ ...grpc, "grpc-timeout": timeout }, enveloped(request("7")));
    expect(trailers["grpc-status"]).toBe("3");
  });

  it.each(["x", "1.5", "99999999999", "9999999999"])("connect-timeout-ms: %s", async (timeout) => {
    const headers = { "content-type": "application/proto", "connect-timeout-ms": timeout };
    expect((await same(headers, Buffer.from(request("7")))).headers[":status"]).toBe(400);
  });

  const message = enveloped(request("7"));
  it.each([
    ["in pieces", [message.subarray(0, 2), message.subarray(2, 7), message.subarray(7)]],
    ["without a message", [Buffer.alloc(0)]],
    ["without a body", []],
    ["with half a message", [message.subarray(0, 6)]],
    ["with half a head", [message.subarray(0, 3)]],
    ["with two messages", [message, message]],
    ["with more than its message", [Buffer.concat([message, Buffer.from([1])])]],
    ["with a message that cannot be read", [enveloped(Buffer.from([10, 9, 9]))]],
    ["with bad UTF-8", [enveloped(Buffer.from([10, 1, 255]))]],
    ["with a message that is too large", [enveloped(Buffer.alloc(100_001))]],
    ["with an empty message", [enveloped(Buffer.alloc(0))]],
    ["with a message that is compressed without a word", [enveloped(gzipSync(request("7")), 1)]],
  ])("a request of gRPC %s", async (_, body) => {
    await same(grpc, ...body);
  });

  it("a request of gRPC that is compressed", async () => {
    const compressed = { ...grpc, "grpc-encoding": "gzip" };
    const { trailers } = await same(compressed, enveloped(gzipSync(request("7")), 1));
    expect(trailers["grpc-status"]).toBe("0");
    await same(compressed, enveloped(request("large")));
    await same({ ...grpc, "grpc-encoding": "snappy" }, enveloped(request("7")));
    await same({ ...grpc, "grpc-encoding": "identity" }, enveloped(request("7")));
  });

  it("a request of Connect that is compressed", async () => {
    const json = { "content-type": "application/json" };
    await same({ ...json, "content-encoding": "gzip" }, gzipSync('{"userId":"7"}'));
    await same({ ...json, "content-encoding": "snappy" }, Buffer.from('{"userId":"7"}'));
    await same({ ...json, "content-encoding": "gzip" }, Buffer.from("no gzip"));
  });

  it("a GET of Connect", async () => {
    const query = "?connect=v1&encoding=json&message=%7B%22userId%22%3A%22headers%22%7D";
    expect((await same({ ":method": "GET", ":path": path + query })).headers[":status"]).toBe(200);
    await same({ ":method": "GET", ":path": path });
    await same({
      ":method": "GET",
      ":path": "/user.v1.UserService/CreateUser?connect=v1&encoding=json&message=%7B%7D",
    });
  });

  it.each([
    [{ "content-type": "text/html" }],
    [{ "content-type": "application/grpc+xml" }],
    [{ "content-type": "application/connect+proto" }],
    [{ "content-type": "application/proto", ":method": "PUT" }],
    [{ ...grpc, ":method": "GET" }],
    [{ ...grpc, ":path": "/user.v1.UserService/Nothing" }],
    [{ ...grpc, ":path": "/" }],
    [{ "content-type": "application/json", ":path": "/user.v1.UserService/Nothing" }],
    [{ ...grpc, ":path": `${path}?query=1` }],
    [{ ...grpc, ":authority": "EXAMPLE.org:80" }],
    [{ ...grpc, ":authority": "[" }],
    [{ ...grpc, cookie: "a=1; b=2" }],
  ])("a request with %o", async (headers) => {
    await (":method" in headers && headers[":method"] === "GET" ? same(headers) : same(headers, message));
  });

  it("a call of another method, and one that nobody has written", async () => {
    const create1 = toBinary(CreateUserRequestSchema, create(CreateUserRequestSchema, { name: "Ada" }));
    await same({ ...grpc, ":path": "/user.v1.UserService/CreateUser" }, enveloped(create1));
  });
});
