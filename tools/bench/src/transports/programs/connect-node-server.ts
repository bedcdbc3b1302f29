import { createSecureServer, createServer } from "node:http2";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { connectRoutes } from "./connect-routes.ts";
import { readTask } from "./control.ts";
import { listenOnLoopback } from "./listen-on-loopback.ts";
import { serverTask } from "./messages.ts";
import { runServer } from "./run-server.ts";
import { tlsPair } from "./tls-pair.ts";

/** Connect's own adapter on node:http2, as its documentation sets it up. */
const { tls } = serverTask.parse(readTask());
const handler = connectNodeAdapter({ routes: connectRoutes() });
const plain = createServer(handler);
const secure = tls && createSecureServer(tlsPair(tls), handler);
await runServer({
  address: await listenOnLoopback(plain),
  ...(secure && { tlsAddress: await listenOnLoopback(secure) }),
});
for (const server of [plain, secure]) server?.close();
