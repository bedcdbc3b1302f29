import { once } from "node:events";
import * as net from "node:net";
import { ServerConnection, type ServerOptions } from "../server-connection.ts";

/** A server on the loopback whose connections are ours. */
export interface Loopback extends AsyncDisposable {
  readonly port: number;
  readonly connections: ReadonlySet<ServerConnection>;
}

/** @param options of each connection */
export async function openLoopback(options: ServerOptions): Promise<Loopback> {
  const connections = new Set<ServerConnection>();
  const server = net.createServer({ noDelay: true }, (socket) => {
    const connection: ServerConnection = new ServerConnection(socket, {
      ...options,
      onClosed: () => connections.delete(connection),
    });
    connections.add(connection);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: portOf(server),
    connections,
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @throws when it does not listen */
export function portOf(server: { address(): ReturnType<net.Server["address"]> }): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return address.port;
}
