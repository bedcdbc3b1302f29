import { once } from "node:events";
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import type { UserService } from "@banyan/stubs-user";
import { Code, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { engines } from "../engine.ts";
import { userServersOn, type UserServer } from "../testing/user-server.ts";

const path = "/user.v1.UserService/GetUser";
const emptyMessage = Buffer.alloc(5);

describe.each(engines)("the end of a call on %s", (engine) => {
  const openUserServer = userServersOn(engine);
  let server: UserServer;
  let session: ClientHttp2Session;
  let arrived: PromiseWithResolvers<HandlerContext>;
  let finish: PromiseWithResolvers<void>;

  beforeEach(async () => {
    arrived = Promise.withResolvers();
    finish = Promise.withResolvers();
    const implementation: Partial<ServiceImpl<typeof UserService>> = {
      async getUser(_, context) {
        arrived.resolve(context);
        await finish.promise;
        return { name: "Ada" };
      },
    };
    server = await openUserServer(implementation, { drainTimeoutMs: 100 });
    session = connect(server.url);
    session.on("error", () => undefined);
  });

  afterEach(async () => {
    finish.resolve();
    session.destroy();
    await server[Symbol.asyncDispose]();
  });

  function call(headers: Record<string, string> = {}): ClientHttp2Stream {
    const fields = { ":method": "POST", ":path": path, "content-type": "application/grpc", ...headers };
    const stream = session.request(fields);
    stream.on("error", () => undefined);
    return stream;
  }

  it.each([
    ["CANCEL", constants.NGHTTP2_CANCEL, Code.Canceled],
    ["REFUSED_STREAM", constants.NGHTTP2_REFUSED_STREAM, Code.Unavailable],
    ["ENHANCE_YOUR_CALM", constants.NGHTTP2_ENHANCE_YOUR_CALM, Code.ResourceExhausted],
    ["INTERNAL_ERROR", constants.NGHTTP2_INTERNAL_ERROR, Code.Internal],
    ["INADEQUATE_SECURITY", constants.NGHTTP2_INADEQUATE_SECURITY, Code.PermissionDenied],
  ])("that its caller breaks off by %s is told to the handler", async (name, reset, code) => {
    const stream = call();
    stream.end(emptyMessage);
    const { signal } = await arrived.promise;
    expect(signal.aborted).toBe(false);
    const aborted = once(signal, "abort");
    stream.close(reset);
    await aborted;
    expect(signal.reason).toMatchObject({ code, rawMessage: expect.stringContaining(`error code ${name} (0x`) });
  });

  it("by the loss of the connection is told to the handler", async () => {
    call().end(emptyMessage);
    const { signal } = await arrived.promise;
    const aborted = once(signal, "abort");
    session.destroy();
    await aborted;
    expect(signal.reason).toMatchObject({ code: Code.Canceled });
  });

  it("is told to a handler that asks only afterwards", async () => {
    call().end(emptyMessage);
    const context = await arrived.promise;
    session.destroy();
    await vi.waitFor(() => expect(context.signal.aborted).toBe(true));
  });

  it("by its answer aborts its signal", async () => {
    const stream = call();
    stream.end(emptyMessage);
    const { signal } = await arrived.promise;
    finish.resolve();
    await once(stream.resume(), "close");
    await vi.waitFor(() => expect(signal.aborted).toBe(true));
    expect(signal.reason).toMatchObject({ name: "AbortError" });
  });

  it("at its deadline aborts its signal, and not before", async () => {
    call({ "grpc-timeout": "60m" }).end(emptyMessage);
    const { signal, timeoutMs } = await arrived.promise;
    expect(timeoutMs()).toBeGreaterThan(0);
    expect(signal.aborted).toBe(false);
    await once(signal, "abort");
    expect(signal.reason).toMatchObject({ code: Code.DeadlineExceeded });
    expect(timeoutMs()).toBeLessThanOrEqual(1);
  });

  it("before its request has come whole abandons the rest by NO_ERROR", async () => {
    const unknown = call({ ":path": "/user.v1.UserService/Nothing" });
    const tooLarge = call();
    tooLarge.write(Buffer.from([0, 0, 0xff, 0xff, 0xff]));
    tooLarge.write(Buffer.alloc(5_000_000));
    const statuses = await Promise.all(
      [unknown, tooLarge].map(async (stream) => {
        const trailers = once(stream, stream === unknown ? "response" : "trailers");
        const closed = stream === tooLarge ? once(stream.resume(), "close") : undefined;
        const [fields] = await trailers;
        await closed;
        return [fields["grpc-status"], stream.rstCode];
      }),
    );
    expect(statuses).toEqual([
      [String(Code.Unimplemented), 0],
      [String(Code.ResourceExhausted), 0],
    ]);
  });
});

describe("a request that does not come whole", () => {
  it.each([
    ["its deadline", { "grpc-timeout": "50m" }, 300_000],
    ["the bound of the server", {}, 50],
  ])("is answered DEADLINE_EXCEEDED at %s (connect-node waits for ever)", async (_, headers, requestTimeoutMs) => {
    await using server = await userServersOn("http2")({}, { limits: { requestTimeoutMs, headersTimeoutMs: 50 } });
    const session = connect(server.url);
    const grpc = { ":method": "POST", ":path": path, "content-type": "application/grpc" };
    const stream = session.request({ ...grpc, ...headers });
    stream.write(emptyMessage.subarray(0, 3));
    const [trailers] = await once(stream.resume(), "trailers");
    expect(trailers).toMatchObject({ "grpc-status": String(Code.DeadlineExceeded) });
    if (!stream.closed) await once(stream, "close");
    expect(stream.rstCode).toBe(0);
    session.destroy();
  });

  it("does not hold up the drain once its caller has gone", async () => {
    const server = await userServersOn("http2")({}, { drainTimeoutMs: 100 });
    const session = connect(server.url);
    const grpc = { ":method": "POST", ":path": path, "content-type": "application/grpc" };
    const streams = Array.from({ length: 10 }, () => session.request(grpc).on("error", () => undefined));
    for (const stream of streams) stream.write(emptyMessage.subarray(0, 3));
    await sleep(20);
    session.destroy();
    await sleep(20);
    await server[Symbol.asyncDispose]();
    expect(server.captured.records()).not.toContainEqual(expect.objectContaining({ msg: "calls cut off" }));
  });

  it("is kept up to the bound of its connection, and then broken off by ENHANCE_YOUR_CALM", async () => {
    const limits = { maxConnectionMegabytes: 1, maxMessageBytes: 4_000_000 };
    await using server = await userServersOn("http2")({}, { limits });
    const session = connect(server.url);
    const grpc = { ":method": "POST", ":path": path, "content-type": "application/grpc" };
    const codes = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const stream = session.request(grpc).on("error", () => undefined);
        stream.write(Buffer.from([0, 0, 0x30, 0, 0]));
        stream.write(Buffer.alloc(600_000));
        await Promise.race([new Promise((resolve) => stream.once("close", resolve)), sleep(500)]);
        return stream.rstCode;
      }),
    );
    expect(codes).toContain(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    session.destroy();
  });
});
