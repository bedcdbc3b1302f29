import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";
import { once } from "node:events";

/**
 * A port on which nothing listens now, below those that systems give to outgoing connections: what a test has to know
 * before a service has it.
 */
export async function freePort(): Promise<number> {
  await using server = await listen();
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a TCP port");
  return address.port;
}

async function listen(): Promise<Server> {
  for (;;) {
    const server = createServer();
    try {
      await once(server.listen(randomInt(20_000, 32_000), "localhost"), "listening");
      return server;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    }
  }
}
