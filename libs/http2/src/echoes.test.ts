import { once } from "node:events";
import * as nodeHttp2 from "node:http2";
import * as net from "node:net";
import { describe, expect, it } from "vitest";
import { ClientConnection } from "./client-connection.ts";
import type { ConnectionOptions } from "./connection/options.ts";
import { callEcho, echoCalls, echoStatus, envelopeBytes, type EchoOutcome } from "./testing/echo-calls.ts";
import { openLoopback, portOf } from "./testing/loopback.ts";
import { Random } from "./testing/random.ts";

/** How many calls each test makes: `ECHO_CALLS=100000 npx vitest run src/echoes.test.ts` takes a while. */
const calls = Number(process.env["ECHO_CALLS"] ?? 400);

/** Around the bounds of frames and windows. */
const sizes: readonly [number, ...number[]] = [
  1, 16_378, 16_379, 16_380, 16_383, 16_384, 16_385, 65_529, 65_530, 65_531, 65_534, 65_535, 65_536, 1_048_576,
];
const content = Buffer.from(Array.from({ length: 1_048_576 + 256 }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
const smallWindows: Partial<ConnectionOptions> = { streamWindowBytes: 65_535, connectionWindowBytes: 65_535 };
/** With many answers that wait for windows a server would refuse further calls. */
const patient: Partial<ConnectionOptions> = { maxBufferedBytes: 2 ** 27 };

function bodyOf(random: Random): Buffer {
  const from = random.below(256);
  return content.subarray(from, from + random.pick(sizes));
}

/** Why an answer is not what it should be; undefined when it is. */
function faultOf({ end, status, body, trailers }: EchoOutcome, sent: Buffer): string | undefined {
  if (end.tag !== "done") return `ended by ${JSON.stringify(end)}`;
  if (status !== 200) return `status ${status}`;
  if (!body.subarray(envelopeBytes).equals(sent)) return `${body.length} octets for ${sent.length}`;
  if (trailers?.[0] !== echoStatus[0] || trailers?.[1] !== echoStatus[1]) return `trailers ${JSON.stringify(trailers)}`;
  return undefined;
}

/** Lets so many callers call until all calls are made. */
async function callAll(inFlight: number, callOne: (at: number) => Promise<void>): Promise<void> {
  let begun = 0;
  const callOn = async (): Promise<void> => {
    for (let at = begun++; at < calls; at = begun++) await callOne(at);
  };
  await Promise.all(Array.from({ length: inFlight }, callOn));
}

function connect(port: number, options: Partial<ConnectionOptions>): ClientConnection {
  return new ClientConnection(net.connect({ port, host: "127.0.0.1", noDelay: true }), options);
}

describe("Bodies around the bounds of frames and windows come back whole, status and all", () => {
  it.each([
    { inFlight: 1, client: {}, server: {} },
    { inFlight: 16, client: {}, server: {} },
    { inFlight: 64, client: smallWindows, server: smallWindows },
    { inFlight: 1, client: smallWindows, server: { maxBufferedBytes: 65_536 } },
    { inFlight: 64, client: { maxBufferedBytes: 65_536 }, server: smallWindows },
  ])("%j", async ({ inFlight, client: options, server }) => {
    const random = new Random(inFlight);
    await using loopback = await openLoopback({ ...patient, ...server, onRequest: echoCalls(0) });
    const client = connect(loopback.port, options);
    const faults: unknown[] = [];
    await callAll(inFlight, async () => {
      const body = bodyOf(random);
      const fault = faultOf(await callEcho(client, { body }), body);
      if (fault !== undefined) faults.push(fault);
    });
    client.destroy();
    expect(faults).toEqual([]);
  });

  it("when others are broken off by either side meanwhile, and the connection ends in order and is made again", async () => {
    const random = new Random(4);
    const options = { ...patient, ...smallWindows, maxResetsPerSecond: 1_000_000 };
    await using loopback = await openLoopback({ ...options, onRequest: echoCalls(6) });
    let client = connect(loopback.port, options);
    const clients = new Set([client]);
    const ends = { done: 0, reset: 0, again: 0 };
    const faults: unknown[] = [];
    const call = async (at: number): Promise<void> => {
      const body = bodyOf(random);
      const cancelAfter = at % 5 === 0 ? random.pick([0, 1, envelopeBytes + 1, 16_384, 65_535]) : undefined;
      if (at % 50 === 49) for (const connection of loopback.connections) connection.shutdown();
      const outcome = await callEcho(client, { body, cancelAfter });
      const { tag } = outcome.end;
      if (tag === "not taken" || tag === "turned away") {
        ends.again++;
        if (client.isRetired) clients.add((client = connect(loopback.port, options)));
        return call(at + 1);
      }
      if (tag === "reset") ends.reset++;
      else if (faultOf(outcome, body) === undefined) ends.done++;
      else faults.push(faultOf(outcome, body));
    };
    await callAll(32, call);
    for (const each of clients) each.destroy();
    expect(faults).toEqual([]);
    expect(ends.done + ends.reset).toBe(calls);
    expect(Math.min(ends.done, ends.reset, ends.again)).toBeGreaterThan(0);
  });

  it("from node:http2", async () => {
    const random = new Random(5);
    await using server = await openNodeEcho();
    const client = connect(server.port, smallWindows);
    const faults: unknown[] = [];
    await callAll(16, async () => {
      const body = bodyOf(random);
      const fault = faultOf(await callEcho(client, { body }), body);
      if (fault !== undefined) faults.push(fault);
    });
    client.destroy();
    expect(faults).toEqual([]);
  });

  it("to node:http2", async () => {
    const random = new Random(6);
    await using loopback = await openLoopback({ ...patient, ...smallWindows, onRequest: echoCalls(0) });
    const session = nodeHttp2.connect(`http://127.0.0.1:${loopback.port}`);
    const faults: unknown[] = [];
    await callAll(16, async () => {
      const body = bodyOf(random);
      const fault = faultOf(await callByNode(session, body), body);
      if (fault !== undefined) faults.push(fault);
    });
    session.destroy();
    expect(faults).toEqual([]);
  });
});

/** The same echoes by node:http2, with a window that is smaller than most bodies. */
async function openNodeEcho(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = nodeHttp2.createServer({ maxSessionMemory: 100, settings: { initialWindowSize: 65_535 } });
  const sessions = new Set<nodeHttp2.ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  server.on("stream", (stream: nodeHttp2.ServerHttp2Stream) => {
    const parts: Buffer[] = [];
    stream.on("data", (part: Buffer) => void parts.push(part));
    stream.on("end", () => {
      stream.respond({ ":status": 200 }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.write(Buffer.alloc(envelopeBytes));
      stream.end(Buffer.concat(parts));
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: portOf(server),
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function callByNode(session: nodeHttp2.ClientHttp2Session, sent: Buffer): Promise<EchoOutcome> {
  const stream = session.request({ ":method": "POST", ":path": "/echo" });
  let status: number | undefined;
  let trailers: string[] | undefined;
  stream.on("response", (fields) => (status = fields[":status"]));
  stream.on("trailers", (fields) => (trailers = ["grpc-status", String(fields["grpc-status"])]));
  stream.end(sent);
  const body = Buffer.concat(await stream.toArray());
  return { end: { tag: "done" }, status, body, trailers };
}
