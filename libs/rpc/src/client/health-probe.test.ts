import { createServer as createHttp1Server } from "node:http";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../server/listen.ts";
import { answerUnimplemented, openDeafServer, openRawHttp2Server } from "../testing/raw-http2-server.ts";
import { openUserServer } from "../testing/user-server.ts";
import { askHealth, healthProbe } from "./health-probe.ts";

const never = new AbortController().signal;
const ill = { healthy: () => Promise.reject(new Error("no database")) };

/** The address of a port where nobody listens. */
async function closedPort(): Promise<string> {
  await using server = createServer();
  return (await listen(server, { host: "127.0.0.1", port: 0, variable: "PORT" })).address;
}

async function openHttp1Server(): Promise<AsyncDisposable & { readonly address: string }> {
  const server = createHttp1Server((_, response) => response.end("hello"));
  const { address } = await listen(server, { host: "127.0.0.1", port: 0, variable: "PORT" });
  return { address, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe("askHealth", () => {
  it("tells the status and when the server began to serve", async () => {
    const before = new Date();
    await using server = await openUserServer();
    const answer = await askHealth(server.address, "user");
    expect(answer).toEqual({ tag: "status", status: "SERVING", startedAt: expect.any(Date) });
    const { startedAt } = answer.tag === "status" ? answer : {};
    expect(startedAt?.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(startedAt?.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it("tells that a server does not serve, and that it does not know the service", async () => {
    await using server = await openUserServer({}, ill);
    expect(await askHealth(server.address, "user")).toMatchObject({ tag: "status", status: "NOT_SERVING" });
    expect(await askHealth(server.address, "order")).toEqual({ tag: "unknown service" });
  });

  it("tells the words in which a server without grpc.health.v1 refuses", async () => {
    await using server = await openRawHttp2Server(answerUnimplemented);
    expect(await askHealth(server.address, "user")).toMatchObject({
      tag: "refused",
      reason: expect.stringContaining("unimplemented"),
    });
  });

  it.each([
    ["nobody listens", async () => ({ address: await closedPort() }), /ECONNREFUSED/],
    ["the host has no address", async () => ({ address: "nowhere.invalid:1" }), /nowhere\.invalid/],
    ["it speaks another protocol", openHttp1Server, /Protocol error|does not speak HTTP\/2/],
    ["it is no address", async () => ({ address: "user" }), /expected host:port/],
  ])("has no answer where %s, and tells why", async (_, open, reason) => {
    const opened = await open();
    if (Symbol.asyncDispose in opened) onTestFinished(() => opened[Symbol.asyncDispose]());
    expect(await askHealth(opened.address, "user")).toEqual({
      tag: "no answer",
      reason: expect.stringMatching(reason),
    });
  });

  it("gives up a server that takes the call and stays silent", async () => {
    await using server = await openDeafServer();
    expect(await askHealth(server.address, "user", { timeoutMs: 50 })).toEqual({
      tag: "no answer",
      reason: "none within 50 ms",
    });
  });

  it("gives up when it is told to, before and during the call", async () => {
    await using server = await openDeafServer();
    const controller = new AbortController();
    const asking = askHealth(server.address, "user", { timeoutMs: 60_000, signal: controller.signal });
    controller.abort();
    expect(await asking).toMatchObject({ tag: "no answer" });
    expect(await askHealth(server.address, "user", { signal: controller.signal })).toMatchObject({ tag: "no answer" });
  });

  it("closes its connection", async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await openRawHttp2Server((call) => {
      call.session?.once("close", () => closed.resolve());
      answerUnimplemented(call);
    });
    await askHealth(server.address, "user");
    await closed.promise;
  });

  it("does not know when a server began to serve that does not tell, or tells nonsense", async () => {
    for (const header of [{}, { "server-started-at": "yesterday" }, { "server-started-at": "2026-99-99T00:00:00Z" }]) {
      await using server = await openRawHttp2Server((call) => {
        call.respond({ "content-type": "application/grpc+proto", ...header }, { waitForTrailers: true });
        call.once("wantTrailers", () => call.sendTrailers({ "grpc-status": "0" }));
        call.end(Buffer.from([0, 0, 0, 0, 2, 0x08, 0x01]));
      });
      expect(await askHealth(server.address, "user")).toEqual({
        tag: "status",
        status: "SERVING",
        startedAt: undefined,
      });
    }
  });
});

describe("healthProbe", () => {
  const probe = healthProbe({ timeoutMs: 500 });

  it("is true for an instance that serves the service", async () => {
    await using server = await openUserServer();
    expect(await probe(server, "user", never)).toBe(true);
  });

  it("is false for one that does not serve, one of another service, and one that is gone", async () => {
    await using server = await openUserServer({}, ill);
    await using other = await openUserServer({}, { name: "order" });
    expect(await probe(server, "user", never)).toBe(false);
    expect(await probe(other, "user", never)).toBe(false);
    expect(await probe({ address: await closedPort() }, "user", never)).toBe(false);
  });

  it("is false as soon as it is given up", async () => {
    await using server = await openDeafServer();
    const controller = new AbortController();
    const patient = healthProbe({ timeoutMs: 60_000 });
    const asking = patient(server, "user", controller.signal);
    controller.abort();
    expect(await asking).toBe(false);
  });
});
