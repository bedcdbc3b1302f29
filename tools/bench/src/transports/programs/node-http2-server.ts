import { createSecureServer, createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import { UserService } from "@banyan/stubs-user";
import { create, fromBinary, toBinary, type DescMethod } from "@bufbuild/protobuf";
import { BenchService } from "../../gen/bench/v1/bench_pb.ts";
import { envelope } from "../measure/envelope.ts";
import { user } from "./calls.ts";
import { readTask } from "./control.ts";
import { listenOnLoopback } from "./listen-on-loopback.ts";
import { serverTask } from "./messages.ts";
import { runServer } from "./run-server.ts";
import { tlsPair } from "./tls-pair.ts";

/** The unary methods on streams of node:http2 and nothing else: no errors, no deadlines, no limits. */
const { tls } = serverTask.parse(readTask());
const { getUser } = UserService.method;
const { echo } = BenchService.method;

const handlers = new Map<string, (message: Uint8Array) => Uint8Array>([
  [
    pathOf(getUser),
    (message) => {
      const { userId } = fromBinary(getUser.input, message);
      return toBinary(getUser.output, create(getUser.output, { userId, name: user.name, email: user.email }));
    },
  ],
  [
    pathOf(echo),
    (message) => {
      const { payload } = fromBinary(echo.input, message);
      return toBinary(echo.output, create(echo.output, { payload }));
    },
  ],
]);

function pathOf({ parent, name }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

function answerStreams<Server extends Http2Server>(server: Server): Server {
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    const handler = handlers.get(headers[":path"] ?? "");
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      if (stream.destroyed) return; // the caller has gone
      if (handler === undefined) return stream.respond({ "grpc-status": "12" }, { endStream: true });
      stream.respond({ "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(envelope(handler(Buffer.concat(chunks).subarray(5))));
    });
    stream.on("error", () => undefined); // so it has here
  });
  return server;
}

const plain = answerStreams(createServer());
const secure = tls && createSecureServer(tlsPair(tls));
if (secure) answerStreams(secure);
await runServer({
  address: await listenOnLoopback(plain),
  ...(secure && { tlsAddress: await listenOnLoopback(secure) }),
});
for (const server of [plain, secure]) server?.close();
