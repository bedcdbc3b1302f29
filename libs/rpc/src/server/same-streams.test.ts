import { once } from "node:events";
import { connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { CreateUserRequestSchema, GetUserRequestSchema, GetUserResponseSchema } from "@banyan/stubs-user";
import { create, toBinary, type MessageShape } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  encodeBinaryHeader,
  type ConnectRouter,
  type HandlerContext,
  type Interceptor,
  type StreamResponse,
} from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines } from "../engine.ts";
import { openBothEngines, type BothEngines } from "../testing/both-engines.ts";
import { enveloped } from "../testing/grpc-answer.ts";
import { chatUsers, sumUsers, watchUser } from "../testing/streaming-methods.ts";
import { userServersOn } from "../testing/user-server.ts";
import { untilAborted } from "../until-aborted.ts";

type Request = MessageShape<typeof GetUserRequestSchema>;

const refusal = (): ConnectError => {
  const metadata = {
    "x-why": "because",
    "content-length": "7",
    "why-bin": encodeBinaryHeader(new Uint8Array([0, 255])),
  };
  const value = { reason: "OUT", domain: "test", metadata: { a: "1" } };
  return new ConnectError("näin ei käy 100%", Code.Aborted, metadata, [{ desc: ErrorInfoSchema, value }]);
};

/** Answers as `what` says. */
async function* watch(what: string, context: HandlerContext) {
  switch (what) {
    case "fail at once":
      throw refusal();
    case "none":
      return;
    case "defect":
      yield { name: "one" };
      throw new Error("secret");
    case "fail":
      context.responseHeader.set("x-answer", "kept");
      context.responseTrailer.set("x-trailer", "kept");
      yield { name: "one" };
      yield { name: "two" };
      throw refusal();
    case "headers":
      context.responseHeader.set("x-answer", "one");
      context.responseHeader.append("x-answer", "two");
      context.responseTrailer.set("facts-bin", encodeBinaryHeader(new Uint8Array([0, 255, 7])));
      yield { name: "one" };
      context.responseHeader.set("x-late", "lost");
      context.responseTrailer.set("x-late", "kept");
      return;
    case "content type":
      context.responseHeader.set("content-type", "text/mine");
      context.responseTrailer.delete("grpc-status");
      yield { name: "one" };
      return;
    case "seen": {
      const { requestMethod, url, protocolName, requestHeader, service, method } = context;
      const seen = [...requestHeader].filter(([name]) => name.startsWith("x-") && name !== "x-request-id");
      const names = [requestMethod, new URL(url).pathname, protocolName, service.typeName, method.name];
      yield { name: JSON.stringify([names, seen]) };
      return;
    }
    case "deadline":
      expect(context.timeoutMs()).toBeLessThanOrEqual(60);
      yield { name: "one" };
      await once(context.signal, "abort");
      throw context.signal.reason;
    case "beyond the deadline":
      yield { name: "one" };
      await sleep(100);
      yield { name: `two ${context.signal.aborted} ${(context.timeoutMs() ?? 1) < 0}` };
      return;
    case "large":
      yield { name: "x".repeat(1023) };
      yield { name: "x".repeat(5000) };
      yield { name: "x".repeat(50_000) };
      return;
    case "very large":
      for (let at = 0; at < 5; at++) yield { name: "x".repeat(300_000) };
      return;
    case "many":
      for (let at = 0; at < 5000; at++) yield { name: String(at) };
      return;
    default:
      for (const name of ["one", "", "three"]) yield { name, userId: what };
  }
}

async function* chat(requests: AsyncIterable<Request>, context: HandlerContext) {
  yield { name: "welcome" };
  for await (const { userId } of requests) {
    if (userId === "enough") return;
    if (userId === "no more") break;
    if (userId === "fail") throw refusal();
    if (userId === "tell") context.responseTrailer.set("x-told", "yes");
    yield { userId };
  }
  yield { name: "bye" };
}

async function sum(requests: AsyncIterable<Request>, context: HandlerContext) {
  let name = "";
  for await (const { userId } of requests) {
    if (userId === "fail") throw refusal();
    if (userId === "enough") return { name: `${name} of some` };
    name += userId;
  }
  if (context.requestHeader.has("x-wait")) {
    await once(context.signal, "abort");
    throw context.signal.reason;
  }
  context.responseHeader.set("x-sum", "done");
  return { name };
}

function routes(router: ConnectRouter): void {
  router
    .rpc(watchUser, ({ userId }, context) => watch(userId, context))
    .rpc(sumUsers, sum)
    .rpc(chatUsers, chat);
}

const none = (): never => {
  throw new ConnectError("unexpectedly unary", Code.Internal);
};

/** Its messages, and what an interceptor does to each. */
function mapped(response: StreamResponse, change: (message: StreamResponse["message"]) => StreamResponse["message"]) {
  return { ...response, message: change(response.message) };
}

const changing: Interceptor = (next) => async (request) => {
  const kind = request.header.get("x-intercept");
  if (kind === null || !request.stream) return next(request);
  switch (kind) {
    case "refuse":
      throw new ConnectError("refused", Code.PermissionDenied, { "x-refused": "yes" });
    case "fail":
      throw new Error("secret");
    case "copy": {
      request.header.set("x-added", "by an interceptor");
      const response = await next({ ...request, header: new Headers(request.header) });
      const [header, trailer] = [new Headers(response.header), new Headers(response.trailer)];
      header.set("x-mine", "1");
      trailer.set("x-mine-too", "2");
      return response.stream ? { ...response, header, trailer } : none();
    }
    case "mutate": {
      const response = await next(request);
      if (!response.stream) return none();
      response.header.set("x-mutated", "header");
      return mapped(response, async function* late(messages) {
        yield* messages;
        response.header.set("x-late", "lost");
        response.trailer.append("x-mutated", "trailer");
      });
    }
    case "messages": {
      async function* twice() {
        for await (const message of request.stream ? request.message : none()) {
          yield message;
          if (request.method.methodKind !== "server_streaming") yield message;
        }
      }
      const response = await next({ ...request, message: twice() });
      if (!response.stream) return none();
      return mapped(response, async function* double(messages) {
        for await (const message of messages) {
          yield message;
          yield message;
        }
      });
    }
    case "another type": {
      const response = await next(request);
      if (!response.stream) return none();
      return mapped(response, async function* wrong() {
        try {
          yield create(CreateUserRequestSchema, { name: "no user" });
        } finally {
          response.trailer.set("x-cleaned", String(request.signal.aborted));
        }
      });
    }
    case "break": {
      const response = await next(request);
      if (!response.stream) return none();
      return mapped(response, async function* first(messages) {
        for await (const message of messages) {
          yield message;
          throw new ConnectError("broken", Code.DataLoss);
        }
      });
    }
    default:
      throw new Error(`nothing is to be done for ${kind}`);
  }
};

let both: BothEngines;

beforeAll(async () => {
  both = await openBothEngines({ routes, interceptors: [changing], limits: { maxMessageBytes: 100_000 } });
});

afterAll(() => both[Symbol.asyncDispose]());

const same: BothEngines["same"] = (headers, ...body) => both.same(headers, ...body);
const pathOf = ({ name }: { readonly name: string }): string => `/user.v1.UserService/${name}`;
const grpc = { "content-type": "application/grpc" };
const watching = { ...grpc, ":path": pathOf(watchUser) };
const chatting = { ...grpc, ":path": pathOf(chatUsers) };
const summing = { ...grpc, ":path": pathOf(sumUsers) };
const message = (userId: string): Buffer =>
  enveloped(toBinary(GetUserRequestSchema, create(GetUserRequestSchema, { userId })));
const answers = (...names: readonly string[]): Buffer =>
  Buffer.concat(
    names.map((name) => enveloped(toBinary(GetUserResponseSchema, create(GetUserResponseSchema, { name })))),
  );

const whats = [
  "three",
  "none",
  "fail at once",
  "fail",
  "defect",
  "headers",
  "content type",
  "seen",
  "large",
  "very large",
  "many",
];
const kinds = ["refuse", "fail", "copy", "mutate", "messages", "another type", "break"];
const protocols: readonly (readonly [string, Record<string, string>])[] = [
  ["gRPC", grpc],
  ["gRPC with +proto", { "content-type": "application/grpc+proto" }],
  ["gRPC that takes gzip", { ...grpc, "grpc-accept-encoding": "identity,deflate,gzip" }],
  ["gRPC that takes nothing we have", { ...grpc, "grpc-accept-encoding": "identity,snappy" }],
  ["gRPC-Web", { "content-type": "application/grpc-web+proto" }],
  ["Connect", { "content-type": "application/connect+proto" }],
];

describe("both engines stream alike:", () => {
  describe.each(protocols)("%s", (_, headers) => {
    it.each(whats)("a server's stream of %j", async (what) => {
      await same({ ...watching, ...headers, "x-own": "a" }, message(what));
    });

    it.each(kinds)("an interceptor that would %s", async (kind) => {
      await same({ ...watching, ...headers, "x-intercept": kind }, message("seen"));
      await same({ ...chatting, ...headers, "x-intercept": kind }, message("a"));
      await same({ ...summing, ...headers, "x-intercept": kind }, message("a"));
    });

    it("a client's stream", async () => {
      await same({ ...summing, ...headers }, message("a"), Buffer.concat([message("b"), message("c")]));
      await same({ ...summing, ...headers }, Buffer.alloc(0));
      await same({ ...summing, ...headers }, message("a"), message("fail"));
    });

    it("streams both ways", async () => {
      await same({ ...chatting, ...headers }, message("a"), message("b"), message("c"));
      await same({ ...chatting, ...headers }, message("a"), message("enough"));
      await same({ ...chatting, ...headers }, message("a"), message("fail"));
    });
  });

  it("gRPC says what is asked for", async () => {
    const { headers, trailers, body } = await same(watching, message("headers"));
    expect(headers).toMatchObject({ "x-answer": "one, two", "content-type": "application/grpc+proto" });
    expect(headers).not.toHaveProperty("x-late");
    expect(trailers).toMatchObject({ "grpc-status": "0", "x-late": "kept", "facts-bin": "AP8H" });
    expect(body).toEqual(answers("one"));
    expect((await same(summing, message("a"), message("b"))).body).toEqual(answers("ab"));
    const { trailers: failed } = await same(watching, message("fail"));
    expect(failed).toMatchObject({ "grpc-status": "10", "x-trailer": "kept", "why-bin": "AP8" });
    const { trailers: wrong } = await same({ ...watching, "x-intercept": "another type" }, message("three"));
    expect(wrong).toMatchObject({ "grpc-status": "13", "x-cleaned": "true" });
    expect((await same(chatting, message("tell"))).trailers).toMatchObject({ "x-told": "yes" });
  });

  it("gRPC as JSON", async () => {
    const json = { ...watching, "content-type": "application/grpc+json" };
    const { body } = await same(json, enveloped(Buffer.from('{"userId":"three"}')));
    expect(body.toString()).toContain('"name":"three"');
    await same(json, enveloped(Buffer.from("{")));
  });

  it("deadlines", async () => {
    const { body, trailers } = await same({ ...watching, "grpc-timeout": "50m" }, message("deadline"));
    expect(body).toEqual(answers("one"));
    expect(trailers).toMatchObject({ "grpc-status": "4", "grpc-message": "the%20operation%20timed%20out" });
    const { body: late } = await same({ ...watching, "grpc-timeout": "50m" }, message("beyond the deadline"));
    expect(late).toEqual(answers("one", "two true true"));
    const waiting = { ...summing, "grpc-timeout": "50m", "x-wait": "yes" };
    expect((await same(waiting, message("a"))).trailers).toMatchObject({ "grpc-status": "4" });
  });

  it.each(["1", "5x", "-1S", "99999999H"])("grpc-timeout: %s", async (timeout) => {
    const { trailers } = await same({ ...chatting, "grpc-timeout": timeout }, message("a"));
    expect(trailers["grpc-status"]).toBe("3");
  });

  const whole = message("three");
  it.each<readonly [string, readonly Buffer[]]>([
    ["in pieces", [whole.subarray(0, 2), whole.subarray(2, 7), whole.subarray(7)]],
    ["without an end of their own", [whole, Buffer.alloc(0)]],
    ["of none", [Buffer.alloc(0)]],
    ["of two", [whole, whole]],
    ["of half a message", [whole.subarray(0, 7)]],
    ["of half a head", [whole.subarray(0, 3)]],
    ["of one and half of another", [whole, whole.subarray(0, 8)]],
    ["of one that cannot be read", [enveloped(Buffer.from([10, 9, 9]))]],
    ["of one with bad UTF-8", [enveloped(Buffer.from([10, 1, 255]))]],
    ["of one that is too large", [enveloped(Buffer.alloc(100_001))]],
    ["of one, and one that is too large", [whole, enveloped(Buffer.alloc(100_001))]],
    ["of one that says it is too large", [Buffer.from([0, 255, 255, 255, 255])]],
    ["of an empty one", [enveloped(Buffer.alloc(0))]],
    ["of one with flags that mean nothing", [enveloped(whole.subarray(5), 0x82)]],
    ["of one that is compressed without a word", [enveloped(gzipSync(whole.subarray(5)), 1)]],
    ["of one behind a compressed one that is empty", [enveloped(Buffer.alloc(0), 1), whole]],
  ])("requests %s", async (_, body) => {
    await same(watching, ...body);
    await same(chatting, ...body);
    await same(summing, ...body);
  });

  it("requests without a body", async () => {
    for (const headers of [watching, chatting, summing]) await same(headers);
  });

  it("requests that are compressed", async () => {
    const compressed = { ...chatting, "grpc-encoding": "gzip" };
    const { trailers } = await same(compressed, enveloped(gzipSync(whole.subarray(5)), 1), whole);
    expect(trailers["grpc-status"]).toBe("0");
    await same({ ...chatting, "grpc-encoding": "snappy" }, whole);
    await same({ ...chatting, "grpc-encoding": "identity" }, whole);
  });

  it("answers before the request has ended", async () => {
    const { trailers, resetCode } = await same(summing, message("a"), message("enough"), message("b"), message("c"));
    expect([trailers["grpc-status"], resetCode]).toEqual(["0", 0]);
    await same(chatting, message("no more"), message("a"), message("b"));
  });
});

describe.each(engines)("the drain of a server on %s", (engine) => {
  it("ends streams with UNAVAILABLE, and their handlers clean up", async () => {
    const cleaned = Promise.withResolvers<unknown>();
    const server = await userServersOn(engine)(
      {},
      {
        routes: ({ rpc }) =>
          rpc(chatUsers, async function* endless(requests, { signal }) {
            yield { name: "welcome" };
            try {
              // The drain does not break the request off: whoever waits for it looks at the signal.
              await untilAborted(signal, Array.fromAsync(requests));
            } finally {
              cleaned.resolve(ConnectError.from(signal.reason).code);
            }
          }),
      },
    );
    const session = connect(server.url);
    const stream = session.request({ ":method": "POST", ...chatting });
    stream.write(message("a"));
    const trailers = once(stream, "trailers");
    await once(stream, "data");
    stream.resume();
    const disposed = server[Symbol.asyncDispose]();
    expect((await trailers)[0]).toMatchObject({ "grpc-status": "14", "grpc-message": "server%20is%20draining" });
    expect(await cleaned.promise).toBe(Code.Unavailable);
    session.destroy();
    await disposed;
  });
});
