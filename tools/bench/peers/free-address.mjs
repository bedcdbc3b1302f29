import { once } from "node:events";
import { createServer } from "node:net";

/** A port that is free now: for servers that do not say which one they got. */
export async function freeAddress() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return `127.0.0.1:${port}`;
}
