import { once } from "node:events";
import { connect, constants, type ClientHttp2Session } from "node:http2";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  Health,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus as Status,
} from "@banyan/stubs-standard/health";
import { ServerReflection } from "@banyan/stubs-standard/reflection-v1";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createClient,
  type ConnectRouter,
  type Interceptor,
  type Transport,
} from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { describe, expect, it, vi } from "vitest";
import { capturedLog } from "../../testing/captured-log.ts";
import { defaultLimits, type Limits } from "../limits.ts";
import { listen } from "../listen.ts";
import { createRecordingRouter } from "../recorded-methods.ts";
import { BanyanHttp2Acceptor } from "./banyan-http2-acceptor.ts";
import { CallRoutes } from "./call-routes.ts";

/** A server of HTTP/2 alone, and a caller. */
async function open(routes: (router: ConnectRouter) => void, limits: Partial<Limits> = {}) {
  const { router, methods } = createRecordingRouter({ readMaxBytes: defaultLimits.maxMessageBytes });
  routes(router);
  const { log, records } = capturedLog();
  const acceptor = new BanyanHttp2Acceptor({
    routes: new CallRoutes(router.handlers, methods),
    limits: { ...defaultLimits, ...limits },
    log,
    onUnknown: () => undefined,
    onIdle: () => undefined,
  });
  const server = createServer((socket) => acceptor.accept(socket));
  const { address } = await listen(server, { host: "127.0.0.1", port: 0, variable: "PORT" });
  const session: ClientHttp2Session = connect(`http://${address}`);
  return {
    baseUrl: `http://${address}`,
    acceptor,
    records,
    session,
    async [Symbol.asyncDispose]() {
      session.destroy();
      acceptor.shutdown();
      await server[Symbol.asyncDispose]();
    },
  };
}

const empty = Buffer.alloc(5);

const reflecting = `/${ServerReflection.typeName}/ServerReflectionInfo`;

type TransportTo = (baseUrl: string) => Transport;

const byGrpc: TransportTo = (baseUrl) => createGrpcTransport({ baseUrl });
const byGrpcWeb: TransportTo = (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "2" });
const byConnect: TransportTo = (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2" });

describe.each([
  ["StreamCall", "application/grpc", byGrpc],
  ["BridgedCall", "application/grpc-web+proto", byGrpcWeb],
])("%s", (_, contentType, transportTo) => {
  const post = { ":method": "POST", "content-type": contentType };

  it("lets a handler wait for a caller that reads slowly, and go on when it reads", async () => {
    let produced = 0;
    await using server = await open(({ rpc }) =>
      rpc(ServerReflection.method.serverReflectionInfo, async function* many() {
        for (; produced < 2000; produced++) yield { validHost: "x".repeat(10_000) };
      }),
    );
    const stream = server.session.request({ ...post, ":path": reflecting });
    stream.end(empty);
    stream.pause();
    await once(stream, "response");
    await sleep(200);
    expect(produced).toBeLessThan(200);
    const held = produced;
    await once(stream.resume(), "close");
    expect([held < 200, produced]).toEqual([true, 2000]);
  });

  it("lets a caller wait for a handler that reads slowly", async () => {
    const read = Promise.withResolvers<void>();
    let received = 0;
    await using server = await open(({ rpc }) =>
      rpc(ServerReflection.method.serverReflectionInfo, async function* slow(requests) {
        await read.promise;
        for await (const { host } of requests) received += host.length;
        yield { validHost: String(received) };
      }),
    );
    let sent = 0;
    async function* requests() {
      for (; sent < 200; sent++) yield { host: "x".repeat(100_000) };
    }
    const client = createClient(ServerReflection, transportTo(server.baseUrl));
    const answers = Array.fromAsync(client.serverReflectionInfo(requests()));
    await sleep(200);
    expect(sent).toBeLessThan(100);
    read.resolve();
    expect(await answers).toMatchObject([{ validHost: String(200 * 100_000) }]);
  });

  it("ends a handler whose caller has gone, while it waits for room, and its clean-up runs", async () => {
    const cleaned = Promise.withResolvers<unknown>();
    await using server = await open(({ rpc }) =>
      rpc(Health.method.watch, async function* endless(_, { signal }) {
        try {
          for (;;) yield { status: Status.SERVING };
        } finally {
          cleaned.resolve(signal.reason);
        }
      }),
    );
    const stream = server.session.request({ ...post, ":path": "/grpc.health.v1.Health/Watch" });
    stream.on("error", () => undefined);
    stream.end(Buffer.concat([empty, toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema))]));
    await once(stream, "response");
    stream.pause();
    await sleep(50);
    stream.close(8);
    expect(await cleaned.promise).toMatchObject({ code: Code.Canceled });
    await vi.waitFor(() => expect(server.acceptor.openCalls).toBe(0));
    expect(server.records()).toEqual([]);
  });

  it("ends a handler whose caller has gone, while it waits for requests", async () => {
    const cleaned = Promise.withResolvers<unknown>();
    await using server = await open(({ rpc }) =>
      rpc(ServerReflection.method.serverReflectionInfo, async function* echo(requests, { signal }) {
        try {
          for await (const { host } of requests) yield { validHost: host };
        } catch (error) {
          cleaned.resolve([ConnectError.from(error).code, ConnectError.from(signal.reason).code]);
        }
      }),
    );
    const stream = server.session.request({ ...post, ":path": reflecting });
    stream.on("error", () => undefined);
    stream.write(empty);
    await once(stream, "response");
    server.session.destroy();
    expect(await cleaned.promise).toEqual([Code.Canceled, Code.Canceled]);
  });

  it("ends a handler whose caller has gone when it answers the next time, whatever interceptors made of its answers", async () => {
    const [gone, cleaned] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const nextAndReturn: Interceptor = (next) => async (request) => {
      const response = await next(request);
      if (!response.stream) return response;
      const source = response.message[Symbol.asyncIterator]();
      const messages: typeof source = { next: () => source.next() };
      messages.return = async () => (await source.return?.()) ?? { done: true, value: undefined };
      return { ...response, message: { [Symbol.asyncIterator]: () => messages } };
    };
    await using server = await open(({ rpc }) =>
      rpc(
        Health.method.watch,
        async function* patient() {
          try {
            yield { status: Status.SERVING };
            await gone.promise;
            yield { status: Status.SERVING };
          } finally {
            cleaned.resolve();
          }
        },
        { interceptors: contentType === "application/grpc" ? [nextAndReturn] : [] },
      ),
    );
    const stream = server.session.request({ ...post, ":path": "/grpc.health.v1.Health/Watch" });
    stream.on("error", () => undefined);
    stream.end(empty);
    await once(stream, "response");
    stream.close(8);
    await vi.waitFor(() => expect(server.acceptor.openCalls).toBe(0));
    gone.resolve();
    await cleaned.promise;
  });
});

describe("StreamCall", () => {
  it("lets others have their turn while a handler answers that waits for nothing", async () => {
    let [turn, produced, most] = [0, 0, 0];
    await using server = await open(({ rpc }) =>
      rpc(Health.method.watch, async function* many() {
        for (let [at, seen] = [0, turn]; at < 50_000; at++) {
          if (turn !== seen) [seen, produced] = [turn, 0];
          most = Math.max(most, ++produced);
          yield { status: Status.SERVING };
        }
      }),
    );
    await once(server.session, "connect");
    // As large as can be: it is not the window that holds the handler up.
    server.session.settings({ initialWindowSize: 2 ** 24 });
    server.session.setLocalWindowSize(2 ** 24);
    await once(server.session, "localSettings");
    const counting = new AbortController();
    const count = (): void => {
      turn++;
      if (!counting.signal.aborted) setImmediate(count);
    };
    count();
    const path = "/grpc.health.v1.Health/Watch";
    const stream = server.session.request({ ":method": "POST", "content-type": "application/grpc", ":path": path });
    stream.resume().end(empty);
    await once(stream, "close");
    counting.abort();
    // Messages of 7 octets, 64 KiB of them.
    expect(most).toBeLessThan(12_000);
    expect(most).toBeGreaterThan(1000);
  });

  it("keeps messages that are not whole up to the bound of its connection, and then breaks off by ENHANCE_YOUR_CALM", async () => {
    const limits = { maxConnectionMegabytes: 1 };
    await using server = await open(
      ({ rpc }) =>
        rpc(ServerReflection.method.serverReflectionInfo, async function* none(requests) {
          for await (const { host } of requests) yield { validHost: String(host.length) };
        }),
      limits,
    );
    const head = Uint8Array.of(0, 0, 16, 0, 0);
    const half = Buffer.alloc(600_000);
    const call = { ":method": "POST", "content-type": "application/grpc", ":path": reflecting };
    const closing = [1, 2].map(async () => {
      const stream = server.session.request(call);
      stream.on("error", () => undefined).resume();
      stream.write(Buffer.concat([head, half]));
      await new Promise((resolve) => stream.once("close", resolve));
      return stream.rstCode;
    });
    expect(await Promise.race(closing)).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    // What was kept of it does not count any more.
    const stream = server.session.request(call);
    const whole = Buffer.concat([head.with(2, 1).with(3, 0), Buffer.alloc(65_536)]);
    stream.resume().end(whole);
    const [trailers] = await once(stream, "trailers");
    expect(trailers).toMatchObject({ "grpc-status": expect.any(String) });
  });
});

describe("streams", () => {
  it.each([
    ["gRPC", byGrpc],
    ["gRPC-Web", byGrpcWeb],
    ["Connect", byConnect],
  ])("go both ways at a time, by %s", async (_, transportTo) => {
    await using server = await open(({ rpc }) =>
      rpc(ServerReflection.method.serverReflectionInfo, async function* echo(requests) {
        for await (const { host } of requests) yield { validHost: host };
        throw new ConnectError("that was all", Code.OutOfRange, { "x-why": "the end" });
      }),
    );
    const { promise: seen, resolve } = Promise.withResolvers<void>();
    async function* requests() {
      yield { host: "a" };
      await seen;
      yield { host: "b" };
    }
    const hosts: string[] = [];
    const answers = createClient(ServerReflection, transportTo(server.baseUrl)).serverReflectionInfo(requests());
    const failure: unknown = await (async () => {
      for await (const { validHost } of answers) if (hosts.push(validHost) === 1) resolve();
    })().catch((error: unknown) => error);
    expect(hosts).toEqual(["a", "b"]);
    expect(failure).toMatchObject({ code: Code.OutOfRange, rawMessage: "that was all" });
    expect(ConnectError.from(failure).metadata.get("x-why")).toBe("the end");
  });
});
