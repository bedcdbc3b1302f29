import { once } from "node:events";
import type { Server } from "node:net";

/** Listens on a free port of the loopback interface. @returns `127.0.0.1:port` */
export async function listenOnLoopback(server: Server): Promise<string> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a TCP port");
  return `127.0.0.1:${address.port}`;
}
