import { once } from "node:events";
import { connect, type ClientHttp2Session } from "node:http2";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  Health,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus as Status,
} from "@banyan/stubs-standard/health";
import { ServerReflection } from "@banyan/stubs-standard/reflection-v1";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type ConnectRouter } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { describe, expect, it, vi } from "vitest";
import { capturedLog } from "../../testing/captured-log.ts";
import { defaultLimits } from "../limits.ts";
import { listen } from "../listen.ts";
import { createRecordingRouter } from "../unary-methods.ts";
import { BanyanHttp2Acceptor } from "./banyan-http2-acceptor.ts";
import { CallRoutes } from "./call-routes.ts";

/** A server of HTTP/2 alone, and a caller. */
async function open(routes: (router: ConnectRouter) => void) {
  const { router, unary } = createRecordingRouter({});
  routes(router);
  const { log, records } = capturedLog();
  const acceptor = new BanyanHttp2Acceptor({
    routes: new CallRoutes(router.handlers, unary),
    limits: defaultLimits,
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

const grpc = { ":method": "POST", "content-type": "application/grpc" };
const empty = Buffer.alloc(5);

describe("BridgedCall", () => {
  it.each([
    ["gRPC", (baseUrl: string) => createGrpcTransport({ baseUrl })],
    ["gRPC-Web", (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "2" })],
    ["Connect", (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "2" })],
  ])("carries streams both ways at a time, by %s", async (_, transportTo) => {
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

  it("lets a handler wait for a caller that reads slowly, and go on when it reads", async () => {
    let produced = 0;
    await using server = await open(({ rpc }) =>
      rpc(ServerReflection.method.serverReflectionInfo, async function* many() {
        for (; produced < 2000; produced++) yield { validHost: "x".repeat(10_000) };
      }),
    );
    const { methods, typeName } = ServerReflection;
    const stream = server.session.request({ ...grpc, ":path": `/${typeName}/${methods[0]?.name ?? ""}` });
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
    const client = createClient(ServerReflection, createGrpcTransport({ baseUrl: server.baseUrl }));
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
    const stream = server.session.request({ ...grpc, ":path": "/grpc.health.v1.Health/Watch" });
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
});
