import type { Socket } from "node:net";

/** What takes the connections on which a caller speaks HTTP/2: our own connections, or those of node:http2. */
export interface Http2Acceptor {
  /** Takes a connection whose caller begins with HTTP/2's preface. */
  accept(socket: Socket): void;
  /** How many calls are being answered, on all connections. */
  readonly openCalls: number;
  /** Tells all callers to go (GOAWAY), and those that come later at once; what is under way is answered. */
  shutdown(): void;
}

/** @param onIdle called whenever a connection has answered its last call */
export type OpenHttp2Acceptor = (onIdle: () => void) => Http2Acceptor;
