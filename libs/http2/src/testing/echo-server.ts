import type { HeaderList } from "../hpack/header-list.ts";
import { ServerConnection, type ServerOptions, type ServerStream } from "../server-connection.ts";
import { Flag } from "../frames/frame.ts";
import { RawPeer } from "./raw-peer.ts";

export const get: HeaderList = [":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a"];
export const post: HeaderList = [":method", "POST", ":scheme", "http", ":path", "/", ":authority", "a"];

/** HEADERS whose message goes on. */
export const goesOn: number = Flag.END_HEADERS;

/** What a server saw of one request. */
export interface SeenRequest {
  readonly stream: ServerStream;
  readonly path: string;
  body: string;
  trailers: HeaderList | undefined;
  drained: number;
  end: string | undefined;
}

export interface EchoOptions extends Partial<ServerOptions> {
  /** `size` answers a whole request with how many octets it had; `none` leaves that to the test. */
  readonly answer?: "size" | "none";
  /** Whether what has come is given back at once. */
  readonly consumes?: boolean;
}

/** A server, and a client of good faith at the other end that has said hello. */
export async function openServer({ answer = "size", consumes = true, ...options }: EchoOptions = {}) {
  const peer = new RawPeer();
  const requests: SeenRequest[] = [];
  let closed: { readonly error: Error | undefined } | undefined;
  const server = new ServerConnection(peer.socket, {
    onRequest(stream, { path }, isEnd) {
      const seen: SeenRequest = { stream, path, body: "", trailers: undefined, drained: 0, end: undefined };
      requests.push(seen);
      const respond = (): void => {
        if (answer === "none") return;
        stream.sendHeaders([":status", "200"]);
        stream.write(Buffer.from(String(seen.body.length)), true);
      };
      if (isEnd) queueMicrotask(respond);
      return {
        onData(bytes, start, end, isLast) {
          seen.body += bytes.toString("latin1", start, end);
          if (consumes) stream.consumed(end - start);
          if (isLast) respond();
        },
        onTrailers(fields) {
          seen.trailers = fields;
          respond();
        },
        onDrain: () => void seen.drained++,
        onClosed: ({ tag }) => (seen.end = tag),
      };
    },
    onClosed: (error) => (closed = { error }),
    ...options,
  });
  await peer.open();
  return { peer, server, requests, closed: () => closed };
}
