import { ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import { createTransport } from "@connectrpc/connect/protocol-connect";
import { countdown } from "../../countdown.ts";
import { NotProcessedError } from "../not-processed-error.ts";
import type { Connections } from "./connections.ts";
import { exchangeClient } from "./exchange-client.ts";
import { acceptedCompressions } from "./grpc-method.ts";

export interface ConnectCallsOptions {
  readonly address: string;
  readonly connections: Connections;
  /** Deadline of unary calls that set none, in milliseconds; 0 for none. */
  readonly deadlineMs: number;
  /** In bytes, once it is decompressed. */
  readonly maxMessageBytes: number;
  /** Run around each attempt, the first one outermost. */
  readonly interceptors: readonly Interceptor[];
}

/** Calls in the Connect protocol: Connect's own transport, on our connections. */
export function connectCalls(options: ConnectCallsOptions): Transport {
  const { address, connections, deadlineMs, maxMessageBytes, interceptors } = options;
  const transport = createTransport({
    baseUrl: `http://${connections.authority}`,
    httpClient: exchangeClient(address, connections),
    interceptors: [...interceptors],
    useBinaryFormat: true,
    acceptCompression: acceptedCompressions,
    sendCompression: null,
    compressMinBytes: 1024,
    readMaxBytes: maxMessageBytes,
    writeMaxBytes: 0xffff_ffff,
  });
  return {
    async unary(method, signal, timeoutMs = deadlineMs, ...rest) {
      const leftMs = countdown(timeoutMs);
      try {
        return await transport.unary(method, signal, timeoutMs, ...rest);
      } catch (error) {
        const left = leftMs() ?? 0;
        if (!wasTurnedBack(error) || signal?.aborted === true || (timeoutMs > 0 && left <= 0)) throw error;
        return transport.unary(method, signal, left, ...rest);
      }
    },
    stream: (...call) => transport.stream(...call),
  };
}

/** Whether a server was reached, and has not worked on the call: it is made once more. */
function wasTurnedBack(error: unknown): boolean {
  return error instanceof ConnectError && error.cause instanceof NotProcessedError && error.cause.reached;
}
