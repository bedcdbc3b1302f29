import { defaultEngine } from "../engine.ts";
import { connectNodeTransport } from "./connect-node/connect-node-transport.ts";
import { ownTransport } from "./http2/own-transport.ts";
import type { Http2Transport, Http2TransportOptions, ProtocolOptions } from "./transport-options.ts";

/**
 * Calls one instance, by gRPC over one HTTP/2 connection. The connection is opened by the first call and opened
 * again when it is gone; between calls it does not keep the process alive. The engine `http2` opens up to seven more where
 * the server allows fewer streams on one than there are calls, and pauses before it dials again what could not be opened.
 *
 * A unary call that crosses the news that the connection is to end is made once more, on the next connection. A call that
 * the connection has failed is UNAVAILABLE, as gRPC has it; `isNotProcessed` tells whether it is certain that
 * no server has worked on it. Disposing closes the connection at once: calls under way end with UNAVAILABLE.
 *
 * @param address `host:port`; an IPv6 host is in brackets
 * @throws {TypeError} when the address is not one, or an option of TLS is not what it is to be
 * @throws {RangeError} by the engine `http2`: when a time of the connection is no integer in [1, 86400000]
 */
export function http2Transport(address: string, options: Http2TransportOptions & ProtocolOptions = {}): Http2Transport {
  const { engine = defaultEngine } = options;
  switch (engine) {
    case "http2":
      return ownTransport(address, options);
    case "connect-node":
      return connectNodeTransport(address, options);
    default:
      return engine satisfies never;
  }
}
