import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { freePort, isPortFree } from "./port.ts";

describe("freePort", () => {
  it("gives no port twice, however many ask at once", async () => {
    const ports = await Promise.all(Array.from({ length: 300 }, () => freePort()));
    expect(new Set(ports).size).toBe(300);
  });
});

describe("isPortFree", () => {
  it("says no while somebody listens", async () => {
    const port = await freePort();
    expect(await isPortFree(port)).toBe(true);
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    expect(await isPortFree(port)).toBe(false);
    server.close();
    await once(server, "close");
    expect(await isPortFree(port)).toBe(true);
  });
});
