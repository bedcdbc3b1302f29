import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Flag, FrameType } from "./frames/frame.ts";
import { get, goesOn, openServer, post } from "./testing/echo-server.ts";
import { RawPeer, frame } from "./testing/raw-peer.ts";
import { ServerConnection } from "./server-connection.ts";

const { DATA, GOAWAY, PING } = FrameType;

const lastStreamIds = (peer: RawPeer): number[] => peer.seen(GOAWAY).map(({ payload }) => payload.readUInt32BE(0));

describe("shutdown (RFC 9113, 6.8)", () => {
  it("goes in two steps: a request that crosses the first GOAWAY is answered, one after the second is not", async () => {
    const { peer, server, requests, closed } = await openServer();
    await peer.send(peer.headers(1, post, goesOn));
    server.shutdown();
    await peer.send(peer.headers(3, get));
    expect(lastStreamIds(peer)).toEqual([2 ** 31 - 1]);
    const [ping] = peer.seen(PING);
    await peer.send(frame(PING, Flag.ACK, 0, ping?.payload ?? ""), peer.headers(5, get));
    expect(lastStreamIds(peer)).toEqual([2 ** 31 - 1, 3]);
    expect(requests.map(({ end }) => end)).toEqual([undefined, "done"]);
    await peer.send(frame(DATA, Flag.END_STREAM, 1, "61"));
    expect(requests.map(({ end }) => end)).toEqual(["done", "done"]);
    expect(peer.isEnded).toBe(true);
    expect(closed()).toEqual({ error: undefined });
  });

  it("ends what has not ended in time", async () => {
    const { peer, server, requests, closed } = await openServer({ shutdownTimeoutMs: 40 });
    await peer.send(peer.headers(1, post, goesOn));
    server.shutdown();
    await sleep(150);
    expect(requests[0]?.end).toBe("lost");
    expect(closed()?.error?.message).toBe("the shutdown took too long");
  });
});

describe("a connection's time", () => {
  it("a client that says nothing, half a preface, or no acknowledgement, is left in time", async () => {
    for (const said of [
      Buffer.alloc(0),
      Buffer.from("PRI * HT"),
      Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1"),
    ]) {
      const peer = new RawPeer();
      const failure = new Promise((resolve) => {
        void new ServerConnection(peer.socket, {
          onRequest: () => expect.unreachable(),
          onClosed: (error) => resolve(error?.message),
          handshakeTimeoutMs: 40,
        });
      });
      await peer.send(said);
      expect(await failure).toBe("the handshake took too long");
    }
  });

  it("a silent peer is pinged; one that does not answer is lost (6.7)", async () => {
    const { peer, requests, closed } = await openServer({ keepaliveMs: 40, keepaliveTimeoutMs: 100, answer: "none" });
    await peer.send(peer.headers(1, get));
    await sleep(90);
    const [ping] = peer.seen(PING);
    await peer.send(frame(PING, Flag.ACK, 0, ping?.payload ?? ""));
    await sleep(90);
    expect(closed()).toBeUndefined();
    await sleep(200);
    expect(closed()?.error?.message).toBe("a ping was not answered");
    expect(requests[0]?.end).toBe("lost");
  });

  it.each([{ idleTimeoutMs: 40 }, { maxAgeMs: 40 }])("a connection is retired in two steps by %o", async (options) => {
    const { peer, closed } = await openServer(options);
    await sleep(120);
    expect(lastStreamIds(peer)).toEqual([2 ** 31 - 1]);
    const [ping] = peer.seen(PING);
    await peer.send(frame(PING, Flag.ACK, 0, ping?.payload ?? ""));
    expect(closed()).toEqual({ error: undefined });
  });

  it("a connection with a stream is not idle", async () => {
    const { peer } = await openServer({ idleTimeoutMs: 40, answer: "none" });
    await peer.send(peer.headers(1, get));
    await sleep(120);
    expect(peer.goaway).toBeUndefined();
  });
});
