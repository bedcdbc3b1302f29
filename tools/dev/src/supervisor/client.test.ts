import { once } from "node:events";
import { type Socket, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ScratchCheckout, makeScratchCheckout } from "../testing/scratch-checkout.ts";
import { connectSupervisor } from "./client.ts";
import { makeControlFolder } from "./paths.ts";
import { encodeLine, protocolVersion } from "./protocol.ts";

let scratch: ScratchCheckout;
beforeEach(async () => void (scratch = await makeScratchCheckout()));
afterEach(() => scratch[Symbol.asyncDispose]());

/** Stands in for a supervisor: greets, and reads nothing. */
async function listen(protocol: number) {
  await makeControlFolder(scratch.paths.control);
  const clients: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (client) => {
    clients.push(client);
    client.write(encodeLine({ tell: "hello", protocol }));
  });
  server.listen(scratch.paths.socket);
  await once(server, "listening");
  return { clients, [Symbol.dispose]: () => void server.close() };
}

describe("connectSupervisor", () => {
  it("takes a connection that breaks with an error for the end of the supervisor", async () => {
    using supervisor = await listen(protocolVersion);
    await using claim = await connectSupervisor({ checkout: scratch.folder });
    const asked = claim.etcd();
    await sleep(50); // the request arrives; unread, it makes the end of the connection a reset
    supervisor.clients.forEach((client) => client.destroy());
    await expect(asked).rejects.toThrow("the supervisor of etcd and PostgreSQL has ended");
    expect(await claim.lost).toContain("the supervisor of etcd and PostgreSQL has ended");
  });

  it("refuses a supervisor of another version", async () => {
    using supervisor = await listen(protocolVersion + 1);
    await expect(connectSupervisor({ checkout: scratch.folder })).rejects.toThrow(
      "a supervisor of another version runs",
    );
    supervisor.clients.forEach((client) => client.destroy());
  });
});
