import { once } from "node:events";
import { createServer, type Server } from "node:http";

export interface TraceSink extends AsyncDisposable {
  readonly endpoint: string;
  /** The bodies that were sent, as they were. */
  readonly bodies: readonly Buffer[];
  /** What it answers; undefined for nothing, ever. */
  status: number | undefined;
}

/** A server that takes what a collector is sent, and does not look into it. */
export async function openTraceSink(): Promise<TraceSink> {
  const bodies: Buffer[] = [];
  const sink: { status: number | undefined } = { status: 200 };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      bodies.push(Buffer.concat(chunks));
      if (sink.status !== undefined) response.writeHead(sink.status).end();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a TCP port");
  return Object.assign(sink, {
    bodies,
    endpoint: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  });
}
