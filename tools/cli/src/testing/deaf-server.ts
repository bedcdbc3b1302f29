import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** A server on a free port that takes connections and never reads or says a word. */
export async function openDeafServer(): Promise<AsyncDisposable & { readonly address: string }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.pause()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("expected a TCP port");
  return {
    address: `127.0.0.1:${bound.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}
