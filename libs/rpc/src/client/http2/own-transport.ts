import { clientCalls } from "@banyan/telemetry";
import type { Transport } from "@connectrpc/connect";
import {
  defaultDeadlineMs,
  defaultMaxMessageBytes,
  type Http2Transport,
  type Http2TransportOptions,
  type ProtocolOptions,
} from "../transport-options.ts";
import { connectProtocol } from "./connect-protocol.ts";
import { connectStreamer } from "./connect-streamer.ts";
import { Connections } from "./connections.ts";
import { Deadlines } from "./deadlines.ts";
import { grpcProtocol } from "./grpc-protocol.ts";
import { streamCaller } from "./stream-caller.ts";
import { unaryCaller } from "./unary-caller.ts";

/** `http2Transport` on @banyan/http2. */
export function ownTransport(address: string, options: Http2TransportOptions & ProtocolOptions): Http2Transport {
  const { deadlineMs = defaultDeadlineMs, maxMessageBytes = defaultMaxMessageBytes } = options;
  const { protocol = "grpc", acceptCompression = false, interceptors = [] } = options;
  const connections = new Connections(address, options);
  const system = protocol === "grpc" ? "grpc" : "connectrpc";
  const outermost = clientCalls({ address, system });
  const calls = { address, connections, deadlines: new Deadlines(), maxMessageBytes };
  const around = { interceptors, outermost };
  const transport: Transport =
    protocol === "connect"
      ? {
          unary: unaryCaller(calls, { protocol: connectProtocol(acceptCompression), deadlineMs, ...around }),
          stream: connectStreamer({ ...calls, acceptCompression, interceptors: [outermost, ...interceptors] }),
        }
      : {
          unary: unaryCaller(calls, { protocol: grpcProtocol(acceptCompression), deadlineMs, ...around }),
          stream: streamCaller(calls, { protocol: grpcProtocol(acceptCompression), ...around }),
        };
  return {
    ...transport,
    retire: () => connections.retire(),
    async [Symbol.asyncDispose]() {
      connections.close();
    },
  };
}
