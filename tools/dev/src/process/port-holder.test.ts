import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { freePort, isPortFree } from "./port.ts";
import { findPortHolder, listeningInodes } from "./port-holder.ts";

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:C383 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000 100 0 0 10 0
   1: 0100007F:C383 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0000 20 4 30 10 -1
   2: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000 100 0 0 10 0
`;

describe("listeningInodes", () => {
  it("finds the listening socket of the port, not its connections", () => {
    expect(listeningInodes(table, 50051)).toEqual(["4711"]);
    expect(listeningInodes(table, 8080)).toEqual(["4713"]);
    expect(listeningInodes(table, 80)).toEqual([]);
  });
});

describe("a port", () => {
  it.each(["127.0.0.1", "0.0.0.0", "::"])(
    "that somebody listens on at %s is not free, and tells its holder",
    async (host) => {
      const port = await freePort();
      expect(await isPortFree(port)).toBe(true);
      const server = createServer().listen(port, host);
      await once(server, "listening");
      expect(await isPortFree(port)).toBe(false);
      expect(await findPortHolder(port)).toBe(process.pid);
      server.close();
    },
  );
});
