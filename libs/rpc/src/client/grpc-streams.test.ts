import { once } from "node:events";
import { constants, type ServerHttp2Stream } from "node:http2";
import { gzipSync } from "node:zlib";
import { Health, HealthCheckResponseSchema } from "@banyan/stubs-standard/health";
import { ServerReflection } from "@banyan/stubs-standard/reflection-v1";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { engines } from "../engine.ts";
import { answerWith, enveloped, grpcHead, okTrailers } from "../testing/grpc-answer.ts";
import { openRawHttp2Server } from "../testing/raw-http2-server.ts";
import { openUserServer } from "../testing/user-server.ts";
import { http2Transport } from "./http2-transport.ts";
import type { Http2TransportOptions } from "./transport-options.ts";

const serving = toBinary(HealthCheckResponseSchema, create(HealthCheckResponseSchema, { status: 1 }));
const one = enveloped(serving);

describe.each(engines)("gRPC streams by %s", (engine) => {
  /** What a stream's reader gets: statuses, then the error, or the trailers. */
  async function read(onCall: (call: ServerHttp2Stream) => void, options: Http2TransportOptions = {}) {
    await using server = await openRawHttp2Server(onCall);
    await using transport = http2Transport(server.address, { engine, acceptCompression: true, ...options });
    const statuses: number[] = [];
    let trailer: Headers | undefined;
    try {
      const messages = createClient(Health, transport).watch({}, { onTrailer: (fields) => (trailer = fields) });
      for await (const { status } of messages) statuses.push(status);
    } catch (error) {
      return { statuses, trailer, error: ConnectError.from(error) };
    }
    return { statuses, trailer, error: undefined };
  }

  it("give their messages, however they are cut, then the trailers", async () => {
    const all = Buffer.concat([one, one, one]);
    const pieces = [all.subarray(0, 2), all.subarray(2, 6), all.subarray(6, 9), all.subarray(9)];
    const { statuses, trailer } = await read(answerWith(grpcHead, pieces, { ...okTrailers, "x-two": "b" }));
    expect(statuses).toEqual([1, 1, 1]);
    expect(trailer?.get("x-two")).toBe("b");
  });

  it("may have no message, compressed ones, and a great many", async () => {
    expect((await read(answerWith(grpcHead, [], okTrailers))).statuses).toEqual([]);
    const packed = answerWith(
      { ...grpcHead, "grpc-encoding": "gzip" },
      [enveloped(gzipSync(serving), 1), one],
      okTrailers,
    );
    expect((await read(packed)).statuses).toEqual([1, 1]);
    const many = Buffer.concat(Array.from({ length: 100_000 }, () => one));
    expect((await read(answerWith(grpcHead, [many], okTrailers))).statuses).toHaveLength(100_000);
  });

  it.each<readonly [string, Code, number, (call: ServerHttp2Stream) => void]>([
    ["an error at once", Code.NotFound, 0, answerWith({ ...grpcHead, "grpc-status": "5" })],
    ["an error behind messages", Code.NotFound, 2, answerWith(grpcHead, [one, one], { "grpc-status": "5" })],
    ["no status", Code.Internal, 1, answerWith(grpcHead, [one])],
    ["half a message", Code.InvalidArgument, 1, answerWith(grpcHead, [one, one.subarray(0, 6)], okTrailers)],
    ["HTTP status 503", Code.Unavailable, 0, answerWith({ ":status": 503 })],
    ["another content type", Code.Unknown, 0, answerWith({ ":status": 200, "content-type": "text/html" }, [one])],
    ["compression that is not told", Code.Internal, 0, answerWith(grpcHead, [enveloped(serving, 1)], okTrailers)],
    ["a message above the bound", Code.ResourceExhausted, 1, answerWith(grpcHead, [one, enveloped(Buffer.alloc(9))])],
  ])("with %s are %i, after %i messages", async (_, code, count, onCall) => {
    const { error, statuses } = await read(onCall, { maxMessageBytes: 8 });
    expect(error?.code).toBe(code);
    expect(statuses).toHaveLength(count);
  });

  it("go both ways at once, message by message", async () => {
    await using server = await openUserServer();
    await using transport = http2Transport(server.address, { engine });
    const asked = ["user.proto", "nothing.proto"];
    const next = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const questions = async function* () {
      for (const [at, value] of asked.entries()) {
        yield { messageRequest: { case: "fileByFilename" as const, value } };
        await next[at]?.promise;
      }
    };
    const answers: (string | undefined)[] = [];
    for await (const { originalRequest } of createClient(ServerReflection, transport).serverReflectionInfo(
      questions(),
    )) {
      const { case: kind, value } = originalRequest?.messageRequest ?? {};
      answers.push(kind === "fileByFilename" ? value : "");
      next[answers.length - 1]?.resolve();
    }
    expect(answers).toEqual(asked);
  });

  it("send as much as the peer takes, and wait with the rest", async () => {
    const bytes = Promise.withResolvers<number>();
    await using server = await openRawHttp2Server((call) => {
      let received = 0;
      call.on("data", (piece: Buffer) => (received += piece.length));
      call.on("end", () => {
        bytes.resolve(received);
        answerWith(grpcHead, [], okTrailers)(call);
      });
    });
    await using transport = http2Transport(server.address, { engine });
    const value = "a".repeat(100_000);
    const questions = async function* () {
      for (let count = 0; count < 30; count++) yield { messageRequest: { case: "fileByFilename" as const, value } };
    };
    for await (const _ of createClient(ServerReflection, transport).serverReflectionInfo(questions())) void _;
    expect(await bytes.promise).toBeGreaterThan(3_000_000);
  });

  it("that their reader gives up are broken off with CANCEL", async () => {
    const arrived = Promise.withResolvers<ServerHttp2Stream>();
    await using server = await openRawHttp2Server((call) => {
      call.respond(grpcHead);
      call.write(one);
      arrived.resolve(call);
    });
    await using transport = http2Transport(server.address, { engine });
    const controller = new AbortController();
    const messages = createClient(Health, transport).watch({}, { signal: controller.signal })[Symbol.asyncIterator]();
    expect((await messages.next()).done).toBe(false);
    const failed = expect(messages.next()).rejects.toMatchObject({ code: Code.Canceled });
    const call = await arrived.promise;
    const closed = once(call, "close");
    controller.abort();
    await failed;
    await closed;
    expect(call.rstCode).toBe(constants.NGHTTP2_CANCEL);
  });

  it("end at the deadline that the caller sets, and say it to the server", async () => {
    const told = Promise.withResolvers<unknown>();
    await using server = await openRawHttp2Server((call, headers) => {
      call.respond(grpcHead);
      told.resolve(headers["grpc-timeout"]);
    });
    await using transport = http2Transport(server.address, { engine });
    const messages = createClient(Health, transport).watch({}, { timeoutMs: 50 })[Symbol.asyncIterator]();
    await expect(messages.next()).rejects.toMatchObject({ code: Code.DeadlineExceeded });
    expect(await told.promise).toBe("50m");
  });

  it("end with what their writer has thrown", async () => {
    await using server = await openRawHttp2Server((call) => call.respond(grpcHead));
    await using transport = http2Transport(server.address, { engine });
    const questions = async function* () {
      yield {};
      throw new ConnectError("out of questions", Code.FailedPrecondition);
    };
    const answers = createClient(ServerReflection, transport).serverReflectionInfo(questions())[Symbol.asyncIterator]();
    await expect(answers.next()).rejects.toMatchObject({
      code: Code.FailedPrecondition,
      rawMessage: "out of questions",
    });
  });

  it("pass through the interceptors with their messages", async () => {
    await using server = await openRawHttp2Server((call) => answerWith(grpcHead, [one, one], okTrailers)(call));
    let seen = 0;
    const count: Interceptor = (next) => async (request) => {
      const response = await next(request);
      if (!response.stream) return response;
      const counted = async function* () {
        for await (const message of response.message) {
          seen++;
          yield message;
        }
      };
      return { ...response, message: counted() };
    };
    await using transport = http2Transport(server.address, { engine, interceptors: [count] });
    const statuses = await Array.fromAsync(createClient(Health, transport).watch({}), ({ status }) => status);
    expect([statuses, seen]).toEqual([[1, 1], 2]);
  });
});
