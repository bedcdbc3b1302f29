import { describe, expect, it } from "vitest";
import { ClientConnection } from "./client-connection.ts";
import { Flag, FrameType, clientPreface } from "./frames/frame.ts";
import { get, goesOn, openServer, post } from "./testing/echo-server.ts";
import { Random } from "./testing/random.ts";
import { RawPeer, frame, uint32 } from "./testing/raw-peer.ts";

/** How many connections a run tries: `FUZZ_CONNECTIONS=100000 npx vitest run src/fuzz.test.ts` takes a while. */
const connections = Number(process.env["FUZZ_CONNECTIONS"] ?? 300);
const types: readonly number[] = [...Object.values(FrameType), 0xb, 0xff];
const sizes: readonly number[] = [0, 1, 4, 5, 6, 8, 9, 17, 300];

/** What a client of good faith sends, frame by frame. */
function conversation(peer: RawPeer, random: Random): Buffer[] {
  return Array.from({ length: 1 + random.below(12) }, (_, at) => {
    const id = 2 * at + 1;
    return random.pick([
      () => peer.headers(id, get),
      () =>
        Buffer.concat([peer.headers(id, post, goesOn), frame(FrameType.DATA, Flag.END_STREAM, id, random.bytes(300))]),
      () => Buffer.concat([peer.headers(id, get), frame(FrameType.RST_STREAM, 0, id, uint32(8))]),
      () => frame(FrameType.PING, 0, 0, random.bytes(8)),
      () => frame(FrameType.SETTINGS, 0, 0, Buffer.concat([Buffer.from([0, 4]), uint32(random.below(2 ** 17))])),
      () => frame(FrameType.WINDOW_UPDATE, 0, 0, uint32(1 + random.below(1000))),
    ])();
  });
}

/** Octets that differ: changed, left out, put twice, or made up. */
function mutated(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  return random.pick([
    () => bytes,
    () => {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at % copy.length] = random.below(256);
      return copy;
    },
    () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(8))]),
    () => Buffer.concat([bytes, bytes]),
    () => Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(20)), bytes.subarray(at)]),
    () =>
      frame(random.pick([0, ...types]), random.below(256), random.below(8), random.bytes(random.pick([0, ...sizes]))),
  ])();
}

/** In chunks as a network may cut them. */
async function trickle(peer: RawPeer, bytes: Buffer, random: Random): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random.below(400);
    await peer.send(bytes.subarray(at, at + size));
    at += size;
  }
}

describe("Whatever a peer sends", () => {
  it("a server answers, or breaks off, and keeps nothing of it", { timeout: 600_000 }, async () => {
    let broken = 0;
    for (let seed = 1; seed <= connections; seed++) {
      const random = new Random(seed);
      const { peer, server, requests, closed } = await openServer();
      const bytes = Buffer.concat(conversation(peer, random).map((piece) => mutated(piece, random)));
      await trickle(peer, bytes, random);
      if (server.isClosed) {
        broken++;
        expect(closed(), `seed ${seed}`).toBeDefined();
        expect(server.openStreams, `seed ${seed}`).toBe(0);
      } else {
        expect(closed(), `seed ${seed}`).toBeUndefined();
        server.destroy();
      }
      expect(
        requests.every(({ end }) => end !== undefined),
        `seed ${seed}: every request has ended`,
      ).toBe(true);
      expect(
        requests.every(({ stream }) => stream.waitingBytes === 0),
        `seed ${seed}: nothing waits`,
      ).toBe(true);
    }
    // Were all of them broken off, or none, the mutations would be worth nothing.
    expect(broken).toBeGreaterThan(connections / 10);
    expect(broken).toBeLessThan((connections * 95) / 100);
  });

  it("a server breaks off noise", { timeout: 600_000 }, async () => {
    for (let seed = 1; seed <= connections; seed++) {
      const random = new Random(seed);
      const { peer, server, closed } = await openServer({ handshakeTimeoutMs: 1000 });
      await trickle(
        peer,
        Buffer.concat([random.below(2) > 0 ? clientPreface : Buffer.alloc(0), random.bytes(random.below(3000))]),
        random,
      );
      expect(closed() !== undefined || server.openStreams === 0, `seed ${seed}`).toBe(true);
      server.destroy();
      expect(closed(), `seed ${seed}`).toBeDefined();
    }
  });

  it("a client's calls end", { timeout: 600_000 }, async () => {
    for (let seed = 1; seed <= connections; seed++) {
      const random = new Random(seed);
      const peer = new RawPeer(true);
      const client = new ClientConnection(peer.socket);
      const ends: string[] = [];
      const listener = {
        onResponse() {},
        onData() {},
        onTrailers() {},
        onDrain() {},
        onClosed: ({ tag }: { tag: string }) => void ends.push(tag),
      };
      const asked = [1, 3, 5].filter(() => client.request({ fields: get, isEnd: true }, listener) !== undefined);
      const answers = [
        frame(FrameType.SETTINGS, 0, 0),
        frame(FrameType.SETTINGS, Flag.ACK, 0),
        ...asked.map((id) =>
          Buffer.concat([
            peer.headers(id, [":status", "200"], goesOn),
            frame(FrameType.DATA, 0, id, "61"),
            peer.headers(id, ["grpc-status", "0"]),
          ]),
        ),
        frame(FrameType.GOAWAY, 0, 0, Buffer.concat([uint32(random.below(8)), uint32(0)])),
      ];
      await trickle(peer, Buffer.concat(answers.map((piece) => mutated(piece, random))), random);
      client.destroy();
      expect(ends.length, `seed ${seed}`).toBe(asked.length);
    }
  });
});
