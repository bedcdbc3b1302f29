import type { Interceptor, Transport } from "@connectrpc/connect";
import { createTransport } from "@connectrpc/connect/protocol-connect";
import type { Connections } from "./connections.ts";
import { exchangeClient } from "./exchange-client.ts";
import { askedCompressions } from "./known-method.ts";

export interface ConnectStreamerOptions {
  readonly address: string;
  readonly connections: Connections;
  /** In bytes, once it is decompressed. */
  readonly maxMessageBytes: number;
  /** Whether answers may be compressed. */
  readonly acceptCompression: boolean;
  /** Run around each call, the first one outermost. */
  readonly interceptors: readonly Interceptor[];
}

/** `stream` of a transport in the Connect protocol: Connect's own, on our connections. */
export function connectStreamer(options: ConnectStreamerOptions): Transport["stream"] {
  const { address, connections, maxMessageBytes, acceptCompression, interceptors } = options;
  const transport = createTransport({
    baseUrl: connections.origin,
    httpClient: exchangeClient(address, connections),
    interceptors: [...interceptors],
    useBinaryFormat: true,
    acceptCompression: askedCompressions(acceptCompression),
    sendCompression: null,
    compressMinBytes: 1024,
    readMaxBytes: maxMessageBytes,
    writeMaxBytes: 0xffff_ffff,
  });
  return (...call) => transport.stream(...call);
}
