import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { Code, ConnectError, createContextKey, createContextValues, type ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { InteropService } from "../../gen/interop/v1/interop_pb.ts";
import { connectionAgeMs, type ForeignServer, type ForeignServerKind, refusalMessage } from "./foreign-server.ts";

/** Connect's own server on node:http2, which speaks both protocols on one port. */
export const connectNodeServers: readonly ForeignServerKind[] = [
  { name: "connect-node, by gRPC", protocol: "grpc", hasGzip: true, start: startConnectNodeServer },
  { name: "connect-node, by Connect", protocol: "connect", hasGzip: true, start: startConnectNodeServer },
];

const callerPort = createContextKey(0);

async function startConnectNodeServer(): Promise<ForeignServer> {
  const service = interopService();
  const listener = connectNodeAdapter({
    routes: (router) => router.service(InteropService, service),
    contextValues: ({ socket }) => createContextValues().set(callerPort, socket.remotePort ?? 0),
  });
  const servers = [createServer(listener), createServer(listener)] as const;
  const [usual, aging] = servers;
  const sessions = new Set<ServerHttp2Session>();
  for (const server of servers) {
    server.on("session", (session: ServerHttp2Session) => {
      sessions.add(session);
      session.once("close", () => sessions.delete(session));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
  }
  aging.on("session", (session: ServerHttp2Session) => void setTimeout(() => session.close(), connectionAgeMs));
  const close = async (end: (session: ServerHttp2Session) => void): Promise<void> => {
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const session of sessions) end(session);
    await Promise.all(closed);
  };
  return {
    address: addressOf(usual),
    agingAddress: addressOf(aging),
    stop: () => close((session) => session.close()),
    [Symbol.asyncDispose]: () => close((session) => session.destroy()),
  };
}

function addressOf(server: Http2Server): string {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return `127.0.0.1:${address.port}`;
}

function interopService(): ServiceImpl<typeof InteropService> {
  let [begun, givenUp] = [0, 0];
  return {
    async echo({ payload }, { requestHeader, responseHeader, responseTrailer, timeoutMs, values }) {
      for (const name of ["x-echo", "x-echo-bin"]) {
        responseHeader.set(name, requestHeader.get(name) ?? "");
        responseTrailer.set(name, requestHeader.get(name) ?? "");
      }
      return { payload, remainingMs: timeoutMs() ?? 0, peer: `127.0.0.1:${values.get(callerPort)}` };
    },
    async refuse({ detailed }) {
      const info = { desc: ErrorInfoSchema, value: { reason: "NOTHING_HERE", domain: "interop" } };
      throw new ConnectError(refusalMessage, Code.NotFound, undefined, detailed ? [info] : []);
    },
    async wait({ waitMs }, { signal }) {
      begun++;
      await sleep(waitMs, undefined, { signal }).catch(() => givenUp++);
      return {};
    },
    async countWaits() {
      return { begun, givenUp };
    },
    async *list({ count, fails }) {
      for (let number = 0; number < count; number++) yield { number };
      if (fails) throw new ConnectError(refusalMessage, Code.DataLoss);
    },
    async collect(requests) {
      const sizes = await Array.fromAsync(requests, ({ payload }) => payload.length);
      return { messages: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
    },
    async *chat(requests) {
      for await (const { number } of requests) yield { number };
    },
  };
}
