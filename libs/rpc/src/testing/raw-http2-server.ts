import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream, type Settings } from "node:http2";
import { createServer as createTcpServer, type Socket } from "node:net";
import { listen } from "../server/listen.ts";

export interface RawServer extends AsyncDisposable {
  readonly address: string;
}

/** A server of node:http2 that does to each call what the test says, and counts the connections. */
export async function openRawHttp2Server(
  onCall: (call: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  settings: Settings = {},
): Promise<RawServer & { connections(): number }> {
  const server = createServer({ settings });
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => undefined);
  });
  server.on("stream", (call: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    call.on("error", () => undefined);
    onCall(call, headers);
  });
  const { address } = await listen(server, { host: "127.0.0.1", port: 0, variable: "PORT" });
  return {
    address,
    connections: () => sessions.size,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** An answer that a client takes for a refusal by the service. */
export function answerUnimplemented(call: ServerHttp2Stream): void {
  call.respond({ ":status": 200, "content-type": "application/grpc", "grpc-status": "12" }, { endStream: true });
}

/** A GOAWAY frame. */
export function goawayFrame(lastStreamId: number, code: number): Buffer {
  const frame = Buffer.alloc(17);
  frame.writeUInt8(8, 2);
  frame.writeUInt8(7, 3);
  frame.writeUInt32BE(lastStreamId, 9);
  frame.writeUInt32BE(code, 13);
  return frame;
}

const emptySettings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const acknowledgedSettings = Buffer.from([0, 0, 0, 4, 1, 0, 0, 0, 0]);

/** A server that speaks just enough HTTP/2 to take a first call, and sends these bytes instead of an answer. */
export function openScriptedServer(answer: Buffer): Promise<RawServer> {
  const headersFrameType = 1;
  return openTcpServer((socket) => {
    socket.write(emptySettings);
    let received = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (frameTypes(received).includes(headersFrameType)) socket.end(answer);
    });
  });
}

/** A server that takes connections and says hello, and then never answers anything: it does not even read. */
export function openDeafServer(): Promise<RawServer> {
  return openTcpServer((socket) => {
    socket.write(Buffer.concat([emptySettings, acknowledgedSettings]));
    socket.pause();
  });
}

async function openTcpServer(onConnection: (socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  const { address } = await listen(server, { host: "127.0.0.1", port: 0, variable: "PORT" });
  return {
    address,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

const prefaceLength = 24;

function frameTypes(received: Buffer): number[] {
  const types: number[] = [];
  for (let at = prefaceLength; at + 9 <= received.length; at += 9 + received.readUIntBE(at, 3)) {
    types.push(received.readUInt8(at + 3));
  }
  return types;
}
