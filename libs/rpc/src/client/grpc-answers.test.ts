import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { GetUserResponseSchema, UserService } from "@banyan/stubs-user";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, encodeBinaryHeader } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { engines } from "../engine.ts";
import { answerWith, enveloped, grpcHead, okTrailers } from "../testing/grpc-answer.ts";
import { openRawHttp2Server } from "../testing/raw-http2-server.ts";
import { openUserServer } from "../testing/user-server.ts";
import { http2Transport } from "./http2-transport.ts";
import type { Http2TransportOptions } from "./transport-options.ts";

const ada = toBinary(GetUserResponseSchema, create(GetUserResponseSchema, { userId: "7", name: "Ada" }));

describe.each(engines)("gRPC by %s", (engine) => {
  async function outcome(onCall: (call: ServerHttp2Stream) => void, options: Http2TransportOptions = {}) {
    await using server = await openRawHttp2Server(onCall);
    await using transport = http2Transport(server.address, { engine, acceptCompression: true, ...options });
    const seen: { header?: Headers; trailer?: Headers } = {};
    const [result] = await Promise.allSettled([
      createClient(UserService, transport).getUser(
        { userId: "7" },
        { onHeader: (header) => (seen.header = header), onTrailer: (trailer) => (seen.trailer = trailer) },
      ),
    ]);
    if (result.status === "fulfilled") return { user: result.value, error: undefined, ...seen };
    return { user: undefined, error: ConnectError.from(result.reason), ...seen };
  }

  describe("a unary answer", () => {
    it("has a message, header and trailers", async () => {
      const { user, header, trailer } = await outcome(
        answerWith({ ...grpcHead, "x-one": ["a", "b"] }, [enveloped(ada)], {
          ...okTrailers,
          "x-two-bin": encodeBinaryHeader(ada),
        }),
      );
      expect(user).toMatchObject({ userId: "7", name: "Ada" });
      expect(header?.get("X-One")).toBe("a, b");
      expect(trailer?.get("x-two-bin")).toBe(encodeBinaryHeader(ada));
    });

    it("may come in pieces of any length", async () => {
      const octets = Array.from(enveloped(ada), (octet) => Buffer.from([octet]));
      expect((await outcome(answerWith(grpcHead, octets, okTrailers))).user).toMatchObject({ name: "Ada" });
    });

    it.each([
      ["gzip", gzipSync(ada)],
      ["br", brotliCompressSync(ada)],
    ])("may be compressed by %s", async (name, bytes) => {
      const compressed = answerWith({ ...grpcHead, "grpc-encoding": name }, [enveloped(bytes, 1)], okTrailers);
      expect((await outcome(compressed)).user).toMatchObject({ name: "Ada" });
    });

    it("may be compressed with many others beside it", async () => {
      const onCall = answerWith({ ...grpcHead, "grpc-encoding": "gzip" }, [enveloped(gzipSync(ada), 1)], okTrailers);
      await using server = await openRawHttp2Server(onCall);
      await using transport = http2Transport(server.address, { engine, acceptCompression: true });
      const users = createClient(UserService, transport);
      const answers = await Promise.all(Array.from({ length: 200 }, () => users.getUser({})));
      expect(answers.filter(({ name }) => name === "Ada")).toHaveLength(200);
    });

    it("may be as large as the bound, and no larger", async () => {
      const maxMessageBytes = 100_000;
      const name = "a".repeat(maxMessageBytes - 4);
      const message = toBinary(GetUserResponseSchema, create(GetUserResponseSchema, { name }));
      const body = [enveloped(message)];
      expect((await outcome(answerWith(grpcHead, body, okTrailers), { maxMessageBytes })).user?.name).toBe(name);
      const { error } = await outcome(answerWith(grpcHead, body, okTrailers), { maxMessageBytes: maxMessageBytes - 1 });
      expect(error?.code).toBe(Code.ResourceExhausted);
      const packed = answerWith(
        { ...grpcHead, "grpc-encoding": "gzip" },
        [enveloped(gzipSync(message), 1)],
        okTrailers,
      );
      const { error: bomb } = await outcome(packed, { maxMessageBytes: maxMessageBytes - 1 });
      expect(bomb?.code).toBe(Code.ResourceExhausted);
    });

    it.each<readonly [string, Code, RegExp, (call: ServerHttp2Stream) => void]>([
      ["no message", Code.Unimplemented, /missing output message/, answerWith(grpcHead, [], okTrailers)],
      [
        "two messages",
        Code.Unimplemented,
        /extra output message/,
        answerWith(grpcHead, [enveloped(ada), enveloped(ada)], okTrailers),
      ],
      [
        "half a message",
        Code.InvalidArgument,
        /incomplete envelope/,
        answerWith(grpcHead, [enveloped(ada).subarray(0, 9)], okTrailers),
      ],
      [
        "half an envelope",
        Code.InvalidArgument,
        /incomplete envelope/,
        answerWith(grpcHead, [Buffer.alloc(3)], okTrailers),
      ],
      ["no status", Code.Internal, /missing status/, answerWith(grpcHead, [enveloped(ada)])],
      [
        "a message that cannot be read",
        Code.Internal,
        /parse binary/,
        answerWith(grpcHead, [enveloped(Buffer.from("a"))], okTrailers),
      ],
      [
        "compression that is not told",
        Code.Internal,
        /compressed envelope/,
        answerWith(grpcHead, [enveloped(ada, 1)], okTrailers),
      ],
      [
        "compression that nobody asked for",
        Code.Internal,
        /unsupported response encoding "zip"/,
        answerWith({ ...grpcHead, "grpc-encoding": "zip" }, [enveloped(ada, 1)], okTrailers),
      ],
      [
        "what is no gzip",
        Code.InvalidArgument,
        /./,
        answerWith({ ...grpcHead, "grpc-encoding": "gzip" }, [enveloped(ada, 1)], okTrailers),
      ],
      [
        "another content type",
        Code.Unknown,
        /text\/html/,
        answerWith({ ":status": 200, "content-type": "text/html" }, [], okTrailers),
      ],
      ["no content type", Code.Unknown, /content type/, answerWith({ ":status": 200 }, [], okTrailers)],
      [
        "a status that is none",
        Code.Internal,
        /invalid grpc-status: 99/,
        answerWith(grpcHead, [], { "grpc-status": "99" }),
      ],
      [
        "a message after an error",
        Code.Unknown,
        /output message .* error status/,
        answerWith({ ...grpcHead, "grpc-status": "5" }, [enveloped(ada)], {}),
      ],
    ])("with %s is %i", async (_, code, message, onCall) => {
      const { error } = await outcome(onCall);
      expect(error).toMatchObject({ code, rawMessage: expect.stringMatching(message) });
    });

    it.each([
      [400, Code.Internal],
      [401, Code.Unauthenticated],
      [403, Code.PermissionDenied],
      [404, Code.Unimplemented],
      [429, Code.Unavailable],
      [500, Code.Unknown],
      [502, Code.Unavailable],
      [503, Code.Unavailable],
      [504, Code.Unavailable],
    ])("of HTTP status %i is %i", async (status, code) => {
      const { error } = await outcome(answerWith({ ":status": status, "x-proxy": "a" }, [Buffer.from("no")]));
      expect(error).toMatchObject({ code, rawMessage: `HTTP ${status}` });
      expect(error?.metadata.get("x-proxy")).toBe("a");
    });

    it.each([
      ["in its header alone", (status: OutgoingHttpHeaders) => answerWith({ ...grpcHead, ...status, "x-one": "a" })],
      ["in its trailers", (status: OutgoingHttpHeaders) => answerWith({ ...grpcHead, "x-one": "a" }, [], status)],
      [
        "behind a message",
        (status: OutgoingHttpHeaders) => answerWith({ ...grpcHead, "x-one": "a" }, [enveloped(ada)], status),
      ],
    ])("tells an error %s: message and metadata", async (_, respond) => {
      const { error } = await outcome(
        respond({ "grpc-status": "5", "grpc-message": "nobody %C3%A4 100%25", "x-two": "b" }),
      );
      expect(error).toMatchObject({ code: Code.NotFound, rawMessage: "nobody ä 100%" });
      expect([error?.metadata.get("x-one"), error?.metadata.get("x-two")]).toEqual(["a", "b"]);
    });

    it.each([
      ["CANCEL", constants.NGHTTP2_CANCEL, Code.Canceled],
      ["INTERNAL_ERROR", constants.NGHTTP2_INTERNAL_ERROR, Code.Internal],
      ["PROTOCOL_ERROR", constants.NGHTTP2_PROTOCOL_ERROR, Code.Internal],
    ])("that is broken off with %s is %i (%i)", async (_, reset, code) => {
      expect((await outcome((call) => call.close(reset))).error?.code).toBe(code);
    });
  });

  it("reads the details of an error", async () => {
    await using server = await openUserServer();
    await using transport = http2Transport(server.address, { engine });
    const error: unknown = await createClient(UserService, transport)
      .getUser({ userId: "missing" })
      .catch((reason: unknown) => reason);
    expect(ConnectError.from(error).findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "USER_NOT_FOUND" }]);
  });
});
