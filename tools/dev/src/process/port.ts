import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { SetupError } from "../setup-error.ts";

/**
 * The range that free ports are taken from. It lies below the ports that Linux (32768) and macOS (49152) give to
 * outgoing connections: a client that dials a server which is down could otherwise be given the server's own port.
 */
const lowest = 20_000;
const highest = 32_000;

/** Whether nothing listens on `port`, be it of 127.0.0.1 or of all addresses. */
export async function isPortFree(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "::1", "0.0.0.0", "::"]) if (await isTaken(port, host)) return false;
  return true;
}

/** What this process has asked for: a server that is about to start does not listen yet. */
const given = new Set<number>();

/** A port that nothing listens on now, another one with every call. Another program may take it before its use. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(lowest, highest);
    if (given.has(port) || !(await isPortFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new SetupError(`no free port was found in [${lowest}, ${highest})`);
}

function isTaken(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // another error says that this machine does not have the address, as `::` where there is no IPv6
    server.once("error", (error) => resolve("code" in error && error.code === "EADDRINUSE"));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(false)));
  });
}
