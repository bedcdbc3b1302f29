import { once } from "node:events";
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { GetUserResponseSchema, UserService } from "@banyan/stubs-user";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  Code,
  createClient,
  createContextKey,
  createContextValues,
  type CallOptions,
  type Interceptor,
} from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { engines } from "../engine.ts";
import { answerWith, enveloped, grpcHead, okTrailers } from "../testing/grpc-answer.ts";
import { openRawHttp2Server } from "../testing/raw-http2-server.ts";
import { http2Transport } from "./http2-transport.ts";

const ada = toBinary(GetUserResponseSchema, create(GetUserResponseSchema, { userId: "7", name: "Ada" }));
const answerAda = answerWith({ ...grpcHead, "x-one": "a" }, [enveloped(ada)], { ...okTrailers, "x-two": "b" });

describe.each(engines)("gRPC requests by %s", (engine) => {
  /** The header fields of the request that a call makes. */
  async function sent(options: CallOptions = {}, interceptors: readonly Interceptor[] = []) {
    const seen: IncomingHttpHeaders[] = [];
    await using server = await openRawHttp2Server((call, headers) => {
      seen.push(headers);
      answerAda(call);
    });
    await using transport = http2Transport(server.address, { engine, interceptors });
    await createClient(UserService, transport).getUser({ userId: "1" }, options);
    return seen[0];
  }

  it("say what gRPC asks for", async () => {
    expect(await sent()).toMatchObject({
      ":method": "POST",
      ":scheme": "http",
      ":path": "/user.v1.UserService/GetUser",
      ":authority": expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      "content-type": "application/grpc+proto",
      te: "trailers",
      "grpc-timeout": "5000m",
      "user-agent": expect.stringContaining("connect-es"),
    });
  });

  it.each(["grpc", "connect"] as const)("of %s ask for compressed answers where they are wanted", async (protocol) => {
    const name = protocol === "grpc" ? "grpc-accept-encoding" : "accept-encoding";
    const asked: unknown[] = [];
    await using server = await openRawHttp2Server((call, headers) => {
      asked.push(headers[name]);
      answerAda(call);
    });
    for (const acceptCompression of [false, true]) {
      await using transport = http2Transport(server.address, { engine, protocol, acceptCompression });
      await createClient(UserService, transport)
        .getUser({})
        .catch(() => undefined);
    }
    expect(asked).toEqual([undefined, "gzip,br"]);
  });

  it.each([
    [0, undefined],
    [250, "250m"],
    [5000, "5000m"],
  ])("with a deadline of %i ms say %s", async (timeoutMs, text) => {
    expect((await sent({ timeoutMs }))?.["grpc-timeout"]).toBe(text);
  });

  it("have the caller's headers, but those of the protocol as they are", async () => {
    const headers = { "X-Own": "1", "User-Agent": "me", TE: "gzip", "Content-Type": "text/plain", "x-key-bin": "AAE" };
    expect(await sent({ headers })).toMatchObject({
      "x-own": "1",
      "user-agent": "me",
      te: "trailers",
      "content-type": "application/grpc+proto",
      "x-key-bin": "AAE",
    });
  });

  it("pass through the interceptors, the first one outermost, on both ways", async () => {
    const steps: string[] = [];
    const key = createContextKey("none");
    const step =
      (name: string): Interceptor =>
      (next) =>
      async (request) => {
        steps.push(`${name} ${request.stream} ${request.method.name} ${request.contextValues.get(key)}`);
        request.header.append("x-steps", name);
        const response = await next({ ...request, header: new Headers(request.header) });
        steps.push(`${name} ${response.header.get("x-one")} ${response.trailer.get("x-two")}`);
        return { ...response };
      };
    const contextValues = createContextValues().set(key, "some");
    const headers = await sent({ contextValues }, [step("outer"), step("inner")]);
    expect(headers?.["x-steps"]).toBe("outer, inner");
    expect(steps).toEqual(["outer false GetUser some", "inner false GetUser some", "inner a b", "outer a b"]);
  });

  it("can be answered, changed and failed by an interceptor", async () => {
    await using server = await openRawHttp2Server((call) => answerAda(call));
    const change: Interceptor = (next) => async (request) => {
      if (request.header.has("x-fail")) throw new Error("no");
      const response = await next(request);
      if (response.stream) throw new Error("expected a unary call");
      return { ...response, message: create(GetUserResponseSchema, { name: "Eve" }) };
    };
    await using transport = http2Transport(server.address, { engine, interceptors: [change] });
    const users = createClient(UserService, transport);
    expect(await users.getUser({})).toMatchObject({ name: "Eve" });
    await expect(users.getUser({}, { headers: { "x-fail": "1" } })).rejects.toMatchObject({
      code: Code.Unknown,
      rawMessage: "no",
    });
  });

  it("give interceptors a signal that is aborted when the call is over", async () => {
    await using server = await openRawHttp2Server((call) => answerAda(call));
    const signals: AbortSignal[] = [];
    const note: Interceptor = (next) => (request) => {
      signals.push(request.signal);
      return next(request);
    };
    await using transport = http2Transport(server.address, { engine, interceptors: [note] });
    await createClient(UserService, transport).getUser({});
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("are not made when the caller had given up before", async () => {
    await using server = await openRawHttp2Server(() => undefined);
    await using transport = http2Transport(server.address, { engine });
    const signal = AbortSignal.abort(new Error("enough"));
    const error: unknown = await createClient(UserService, transport)
      .getUser({}, { signal })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: Code.Canceled, rawMessage: "enough" });
  });

  it("that are given up are broken off with CANCEL", async () => {
    const arrived = Promise.withResolvers<ServerHttp2Stream>();
    await using server = await openRawHttp2Server(arrived.resolve);
    await using transport = http2Transport(server.address, { engine });
    const controller = new AbortController();
    const call = createClient(UserService, transport).getUser({}, { signal: controller.signal });
    const failed = expect(call).rejects.toMatchObject({
      code: Code.Canceled,
      rawMessage: "This operation was aborted",
    });
    const stream = await arrived.promise;
    controller.abort();
    await failed;
    await once(stream, "close");
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
  });

  it("that cannot be serialized are INTERNAL, and are not made", async () => {
    await using server = await openRawHttp2Server(() => undefined);
    const throwTorn = (): never => {
      throw new Error("torn");
    };
    const spoil: Interceptor = (next) => (request) => {
      Object.defineProperty(request.message, "userId", { get: throwTorn });
      return next(request);
    };
    await using transport = http2Transport(server.address, { engine, interceptors: [spoil] });
    await expect(createClient(UserService, transport).getUser({})).rejects.toMatchObject({
      code: Code.Internal,
      rawMessage: expect.stringContaining("torn"),
    });
  });

  it("of any length arrive as a whole", async () => {
    const name = "ä".repeat(1_000_000);
    const received = Promise.withResolvers<Buffer>();
    await using server = await openRawHttp2Server((call) => {
      const pieces: Buffer[] = [];
      call.on("data", (piece: Buffer) => pieces.push(piece));
      call.on("end", () => {
        received.resolve(Buffer.concat(pieces));
        answerAda(call);
      });
    });
    await using transport = http2Transport(server.address, { engine });
    await createClient(UserService, transport).createUser({ name });
    expect((await received.promise).subarray(5).includes(name)).toBe(true);
  });
});
