import { clientCalls } from "@banyan/telemetry";
import { Code, ConnectError } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { countdown } from "../../countdown.ts";
import { dialFailure } from "../dial.ts";
import { NotProcessedError } from "../not-processed-error.ts";
import {
  defaultDeadlineMs,
  defaultMaxMessageBytes,
  type Http2Transport,
  type Http2TransportOptions,
  type ProtocolOptions,
} from "../transport-options.ts";
import { runAttempt, type Attempt } from "./attempt.ts";
import { Http2Connection } from "./http2-connection.ts";

/** `http2Transport` on the gRPC transport of @connectrpc/connect-node. */
export function connectNodeTransport(
  address: string,
  options: Http2TransportOptions & ProtocolOptions,
): Http2Transport {
  const {
    deadlineMs = defaultDeadlineMs,
    maxMessageBytes = defaultMaxMessageBytes,
    protocol = "grpc",
    acceptCompression = false,
    interceptors = [],
  } = options;
  const connection = new Http2Connection(address, options);
  const system = protocol === "grpc" ? "grpc" : "connectrpc";
  const shared = {
    baseUrl: connection.authority,
    sessionManager: connection,
    readMaxBytes: maxMessageBytes,
    ...(!acceptCompression && { acceptCompression: [] }),
    interceptors: [clientCalls({ address, system }), ...interceptors],
  };
  const transport =
    protocol === "grpc" ? createGrpcTransport(shared) : createConnectTransport({ ...shared, httpVersion: "2" });
  return {
    async unary(method, signal, timeoutMs = deadlineMs, ...rest) {
      const leftMs = countdown(timeoutMs);
      for (let attempts = 1; ; attempts++) {
        const attempt: Attempt = { fate: "pending" };
        try {
          return await runAttempt(attempt, () => transport.unary(method, signal, leftMs() ?? 0, ...rest));
        } catch (error) {
          if (signal?.aborted === true) throw error;
          if (attempts === 1 && attempt.fate === "turned back" && (leftMs() ?? 1) > 0) continue;
          throw explained(error, attempt, address);
        }
      }
    },
    async stream(method, signal, timeoutMs, ...rest) {
      const attempt: Attempt = { fate: "pending" };
      const explain = (error: unknown): unknown =>
        signal?.aborted === true ? error : explained(error, attempt, address);
      try {
        const response = await runAttempt(attempt, () => transport.stream(method, signal, timeoutMs, ...rest));
        return { ...response, message: explaining(response.message, explain) };
      } catch (error) {
        throw explain(error);
      }
    },
    retire: () => connection.retire(),
    async [Symbol.asyncDispose]() {
      connection.close();
    },
  };
}

/** Messages whose iteration fails in the words of `explained`. */
function explaining<T>(messages: AsyncIterable<T>, explain: (error: unknown) => unknown): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const source = messages[Symbol.asyncIterator]();
      return {
        next: () =>
          source.next().catch((error: unknown) => {
            throw explain(error);
          }),
      };
    },
  };
}

/**
 * The error in gRPC's words: a connection that breaks is UNAVAILABLE, whatever the code in HTTP/2 was. A deadline that was
 * reached meanwhile stays what it is.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#errors
 */
function explained(error: unknown, { fate }: Attempt, address: string): unknown {
  const { code, rawMessage, cause } = ConnectError.from(error);
  const why = cause instanceof Error ? dialFailure(cause) : rawMessage;
  if (code === Code.DeadlineExceeded) return error;
  switch (fate) {
    case "pending":
      return error;
    case "turned back":
    case "not processed": {
      return new ConnectError(
        `${address} did not take the call: ${why}`,
        Code.Unavailable,
        undefined,
        undefined,
        new NotProcessedError(why, { reached: fate === "turned back", cause: error }),
      );
    }
    case "turned away":
      return new ConnectError(
        `${address} has turned the call away`,
        Code.ResourceExhausted,
        undefined,
        undefined,
        error,
      );
    case "lost":
      return new ConnectError(`connection to ${address} lost: ${why}`, Code.Unavailable, undefined, undefined, error);
    default:
      return fate satisfies never;
  }
}
