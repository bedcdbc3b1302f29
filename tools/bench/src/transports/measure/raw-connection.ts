import { connect, type Socket } from "node:net";

/** A client's connection with as little to it as HTTP/2 allows, for what asks for a great many of them. */
export interface RawConnection {
  /**
   * Opens a stream by a gRPC request.
   *
   * @param body none leaves the stream open
   * @returns the data of the answer, once the server has ended the stream with trailers
   */
  request(path: string, body?: Uint8Array): Promise<Buffer>;
  close(): void;
}

const frameType = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6 } as const;
const flag = { endStream: 1, ack: 1, endHeaders: 4 } as const;
const headBytes = 9;
const preface = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(frameType.settings, 0, 0)]);

interface OpenStream {
  readonly data: Buffer[];
  readonly ended: PromiseWithResolvers<Buffer>;
}

/** Resolves when the server has sent its settings. */
export async function openRawConnection(address: string): Promise<RawConnection> {
  const { hostname, port } = new URL(`http://${address}`);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const streams = new Map<number, OpenStream>();
  const settled = Promise.withResolvers<void>();
  const fail = (error: Error): void => {
    settled.reject(error);
    for (const { ended } of streams.values()) ended.reject(error);
    streams.clear();
  };
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server has closed the connection")));
  readFrames(socket, (type, flags, id, payload) => {
    const stream = streams.get(id);
    if (type === frameType.settings && (flags & flag.ack) === 0) {
      socket.write(frame(frameType.settings, flag.ack, 0));
      settled.resolve();
    } else if (type === frameType.ping && (flags & flag.ack) === 0) {
      socket.write(frame(frameType.ping, flag.ack, 0, payload));
    } else if (type === frameType.data) {
      stream?.data.push(payload);
    } else if (type === frameType.headers && (flags & flag.endStream) !== 0) {
      streams.delete(id);
      stream?.ended.resolve(Buffer.concat(stream.data));
    } else if (type === frameType.reset) {
      streams.delete(id);
      stream?.ended.reject(new Error("the server has reset the stream"));
    }
  });
  socket.write(preface);
  await settled.promise;

  let nextId = 1;
  return {
    request(path, body) {
      const id = nextId;
      nextId += 2;
      const stream: OpenStream = { data: [], ended: Promise.withResolvers() };
      streams.set(id, stream);
      const headers = frame(frameType.headers, flag.endHeaders, id, headerBlock(path, address));
      const data = body === undefined ? [] : [frame(frameType.data, flag.endStream, id, body)];
      socket.write(Buffer.concat([headers, ...data]));
      stream.ended.promise.catch(() => undefined); // the caller of an idle stream does not wait for its end
      return stream.ended.promise;
    },
    // By a reset: closed in order, tens of thousands of them would wait in TIME_WAIT, and the ports run out.
    close: () => void socket.resetAndDestroy(),
  };
}

type OnFrame = (type: number, flags: number, id: number, payload: Buffer) => void;

function readFrames(socket: Socket, onFrame: OnFrame): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    const read = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (read.length - at >= headBytes) {
      const end = at + headBytes + read.readUIntBE(at, 3);
      if (read.length < end) break;
      onFrame(
        read.readUInt8(at + 3),
        read.readUInt8(at + 4),
        read.readUInt32BE(at + 5),
        read.subarray(at + headBytes, end),
      );
      at = end;
    }
    rest = read.subarray(at);
  });
}

function frame(type: number, flags: number, id: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const bytes = Buffer.alloc(headBytes + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes.writeUInt8(type, 3);
  bytes.writeUInt8(flags, 4);
  bytes.writeUInt32BE(id, 5);
  bytes.set(payload, headBytes);
  return bytes;
}

/** Literals without indexing. @see https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2 */
function headerBlock(path: string, authority: string): Buffer {
  const headers = {
    ":method": "POST",
    ":scheme": "http",
    ":path": path,
    ":authority": authority,
    "content-type": "application/grpc",
    te: "trailers",
  };
  const text = (value: string): Buffer => {
    if (value.length > 126) throw new RangeError("expected a text of 126 characters at most");
    return Buffer.from([value.length, ...Buffer.from(value)]);
  };
  const literal = ([name, value]: [string, string]): Buffer => Buffer.concat([Buffer.of(0), text(name), text(value)]);
  return Buffer.concat(Object.entries(headers).map(literal));
}
