import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { GetUserResponseSchema, UserService } from "@banyan/stubs-user";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { engines } from "../engine.ts";
import { answerWith } from "../testing/grpc-answer.ts";
import { openRawHttp2Server } from "../testing/raw-http2-server.ts";
import { http2Transport } from "./http2-transport.ts";
import type { Http2TransportOptions } from "./transport-options.ts";

const ada = Buffer.from(toBinary(GetUserResponseSchema, create(GetUserResponseSchema, { name: "Ada" })));
const head = { ":status": 200, "content-type": "application/proto" };
const errorHead = (status: number): OutgoingHttpHeaders => ({ ":status": status, "content-type": "application/json" });
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** What each engine makes of an answer: they are to agree to the last word. */
async function outcomes(onCall: (call: ServerHttp2Stream) => void, options: Http2TransportOptions = {}) {
  await using server = await openRawHttp2Server(onCall);
  const all: object[] = [];
  for (const engine of engines) {
    await using transport = http2Transport(server.address, {
      engine,
      protocol: "connect",
      acceptCompression: true,
      ...options,
    });
    all.push(await outcome(createClient(UserService, transport)));
  }
  const [first, ...others] = all;
  for (const other of others) expect(first).toEqual(other);
  return first;
}

async function outcome(users: ReturnType<typeof createClient<typeof UserService>>): Promise<object> {
  let [header, trailer]: Record<string, string>[] = [{}, {}];
  try {
    const { name } = await users.getUser(
      {},
      {
        onHeader: (fields) => (header = ownFields(fields)),
        onTrailer: (fields) => (trailer = ownFields(fields)),
      },
    );
    return { name, header, trailer };
  } catch (reason) {
    const { code, rawMessage, metadata, details } = ConnectError.from(reason);
    return { code, rawMessage, metadata: ownFields(metadata), details };
  }
}

function ownFields(fields: Headers): Record<string, string> {
  return Object.fromEntries([...fields].filter(([name]) => name !== "date"));
}

describe("answers in the Connect protocol, by every engine", () => {
  it.each<[string, OutgoingHttpHeaders, Buffer[]]>([
    ["whole", head, [ada]],
    ["in pieces", head, [ada.subarray(0, 1), ada.subarray(1, 3), ada.subarray(3)]],
    ["compressed by gzip", { ...head, "content-encoding": "gzip" }, [gzipSync(ada)]],
    ["compressed by brotli", { ...head, "content-encoding": "br" }, [brotliCompressSync(ada)]],
    ["compressed by nothing", { ...head, "content-encoding": "identity" }, [ada]],
  ])("are read %s", async (_, header, pieces) => {
    expect(await outcomes(answerWith(header, pieces))).toMatchObject({ name: "Ada" });
  });

  it("have trailers among their headers, and may be empty", async () => {
    const fields = { "x-one": "a", "trailer-x-two": "b", "trailer-x-three-bin": "AAE" };
    expect(await outcomes(answerWith({ ...head, ...fields }, [], {}))).toEqual({
      name: "",
      header: { "content-type": "application/proto", "x-one": "a" },
      trailer: { "x-two": "b", "x-three-bin": "AAE" },
    });
    expect(await outcomes(answerWith(head))).toMatchObject({ name: "" });
  });

  it("tell errors with their details and metadata, compressed too", async () => {
    const info = Buffer.from(toBinary(ErrorInfoSchema, create(ErrorInfoSchema, { reason: "GONE" }))).toString("base64");
    const details = [{ type: "google.rpc.ErrorInfo", value: info.replaceAll("=", "") }];
    const body = json({ code: "not_found", message: "no user", details });
    const expected = { code: Code.NotFound, rawMessage: "no user", details: [{ type: "google.rpc.ErrorInfo" }] };
    const fields = { ...errorHead(404), "x-one": "a", "trailer-x-two": "b" };
    const metadata = { "x-one": "a", "x-two": "b" };
    expect(await outcomes(answerWith(fields, [body]))).toMatchObject({ ...expected, metadata });
    const packed = answerWith({ ...fields, "content-encoding": "gzip" }, [gzipSync(body)]);
    expect(await outcomes(packed)).toMatchObject({ ...expected, metadata });
  });

  it.each<[string, Code, OutgoingHttpHeaders, Buffer[]]>([
    ["an error without a code", Code.Unimplemented, errorHead(404), [json({})]],
    ["an error of a code that is none", Code.Unavailable, errorHead(429), [json({ code: "tired" })]],
    ["an error that is no JSON", Code.PermissionDenied, errorHead(403), [Buffer.from("<p>no</p>")]],
    ["an error that is no object", Code.Unauthenticated, errorHead(401), [json(["no"])]],
    ["an error whose message is none", Code.Internal, errorHead(400), [json({ code: "aborted", message: 1 })]],
    ["an error whose details are none", Code.Unknown, errorHead(500), [json({ code: "aborted", details: [1] })]],
    ["an empty error", Code.Unavailable, errorHead(503), []],
    ["a page of a proxy", Code.Unavailable, { ":status": 502, "content-type": "text/html" }, [Buffer.from("no")]],
    ["another content type", Code.Unknown, { ...head, "content-type": "text/html" }, [ada]],
    ["JSON", Code.Internal, { ...head, "content-type": "application/json" }, [json({})]],
    ["a stream", Code.Internal, { ...head, "content-type": "application/connect+proto" }, [ada]],
    ["no content type", Code.Unknown, { ":status": 200 }, [ada]],
    ["a compression that was not asked for", Code.Internal, { ...head, "content-encoding": "zstd" }, [ada]],
    ["what is no message", Code.Internal, head, [Buffer.from([0xff])]],
    ["a message above the bound", Code.ResourceExhausted, head, [Buffer.alloc(65)]],
    [
      "a message that is above the bound when it is decompressed",
      Code.ResourceExhausted,
      { ...head, "content-encoding": "gzip" },
      [gzipSync(Buffer.alloc(65))],
    ],
  ])("that are %s are %i", async (_, code, header, pieces) => {
    expect(await outcomes(answerWith(header, pieces), { maxMessageBytes: 64 })).toMatchObject({ code });
  });
});

describe.each(engines)("a request in the Connect protocol by %s", (engine) => {
  it("has the protocol's fields, the caller's, and its time in whole milliseconds", async () => {
    const seen: OutgoingHttpHeaders[] = [];
    const sent: Buffer[] = [];
    await using server = await openRawHttp2Server((call, headers) => {
      seen.push(headers);
      call.on("data", (piece: Buffer) => sent.push(piece));
      answerWith(head, [ada])(call);
    });
    await using transport = http2Transport(server.address, { engine, protocol: "connect", acceptCompression: true });
    const users = createClient(UserService, transport);
    await users.getUser({ userId: "7" }, { headers: { "x-own": "mine", "content-type": "text/plain" } });
    await users.getUser({}, { timeoutMs: 100 });
    await users.getUser({}, { timeoutMs: 0, headers: { "user-agent": "me" } });
    expect(seen[0]).toMatchObject({
      ":method": "POST",
      ":path": "/user.v1.UserService/GetUser",
      "content-type": "application/proto",
      "connect-protocol-version": "1",
      "connect-timeout-ms": "5000",
      "accept-encoding": "gzip,br",
      "user-agent": expect.stringMatching(/^connect-es\//),
      "x-own": "mine",
    });
    expect(seen[1]).toMatchObject({ "connect-timeout-ms": "100" });
    expect(seen[2]).toMatchObject({ "user-agent": "me" });
    expect(seen[2]).not.toHaveProperty("connect-timeout-ms");
    expect(Buffer.concat(sent)).toEqual(Buffer.from([10, 1, 55]));
  });
});
