import { createServer } from "node:net";
import { ExpectedError } from "@banyan/service";
import { describe, expect, it } from "vitest";
import { openUserServer } from "../testing/user-server.ts";
import { listen } from "./listen.ts";

describe("listen", () => {
  it("takes a free port for 0, on all interfaces unless told otherwise", async () => {
    await using server = createServer();
    const { address, port } = await listen(server, { host: undefined, port: 0, variable: "PORT" });
    expect(port).toBeGreaterThan(0);
    expect([`[::]:${port}`, `0.0.0.0:${port}`]).toContain(address);
    await using other = createServer();
    await expect(listen(other, { host: "127.0.0.1", port, variable: "PORT" })).rejects.toThrow("is taken");
  });

  it("keeps a host's name in the address", async () => {
    await using server = createServer();
    const { address, port } = await listen(server, { host: "localhost", port: 0, variable: "PORT" });
    expect(address).toBe(`localhost:${port}`);
  });

  it.each([
    ["192.0.2.1", /^cannot listen on 192\.0\.2\.1, port 0 \(EADDRNOTAVAIL\): set HOST /],
    ["nowhere.invalid", /^cannot listen on nowhere\.invalid, port 0 \(E[A-Z_]+\): set HOST /],
  ])("refuses the host %s in one line", async (host, message) => {
    const refused = listen(createServer(), { host, port: 0, variable: "PORT" });
    await expect(refused).rejects.toThrow(ExpectedError);
    await expect(refused).rejects.toThrow(message);
  });
});

describe("serve on a port that is taken", () => {
  it("says which variable to set, and leaves nothing open", async () => {
    await using first = await openUserServer();
    const again = (config: object): Promise<unknown> => openUserServer({}, config);
    await expect(again({ PORT: first.port, ADMIN_PORT: 0 })).rejects.toThrow(
      new ExpectedError(`port ${first.port} is taken: stop the program that listens there, or set PORT`),
    );
    await expect(again({ PORT: 0, ADMIN_PORT: first.adminPort })).rejects.toThrow(
      `port ${first.adminPort} is taken: stop the program that listens there, or set ADMIN_PORT`,
    );
    await expect(again({ PORT: 65_000 })).rejects.toThrow("PORT: 65000 leaves no room for PORT + 1000: set ADMIN_PORT");
  });
});
