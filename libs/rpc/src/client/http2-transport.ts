import { clientCalls } from "@banyan/telemetry";
import { Code, ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { countdown } from "../countdown.ts";
import { runAttempt, type Attempt } from "./attempt.ts";
import { Http2Connection, type ConnectionOptions } from "./http2-connection.ts";
import { NotProcessedError } from "./not-processed-error.ts";

/** Deadline of a unary call whose caller sets none, in milliseconds. */
export const defaultDeadlineMs = 5000;

export interface Http2TransportOptions extends ConnectionOptions {
  /**
   * Deadline of a unary call whose caller sets none, in milliseconds; 0 for none. Default 5000. Streams have a deadline
   * only when the caller sets one.
   */
  readonly deadlineMs?: number;
  /** Largest message taken, in bytes, once it is decompressed. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /** Run inside of the one that sends the correlation id onward, the first one outermost. Default none. */
  readonly interceptors?: readonly Interceptor[];
}

export interface Http2Transport extends Transport, AsyncDisposable {
  /** Takes no more calls, and resolves when those under way have ended and the connection is closed. */
  retire(): Promise<void>;
}

/**
 * Calls one instance, by gRPC over one cleartext HTTP/2 connection. The connection is opened by the first call and opened
 * again when it is gone; between calls it does not keep the process alive.
 *
 * A unary call that crosses the news that the connection is to end is made once more, on the next connection. A call that
 * the connection has failed is UNAVAILABLE, as gRPC has it; `isNotProcessed` tells whether it is certain that
 * no server has worked on it. Disposing closes the connection at once: calls under way end with UNAVAILABLE.
 *
 * @param address `host:port`; an IPv6 host is in brackets
 * @throws {TypeError} when the address is not one
 */
export function http2Transport(address: string, options: Http2TransportOptions = {}): Http2Transport {
  const { deadlineMs = defaultDeadlineMs, maxMessageBytes = 4 * 1024 * 1024, interceptors = [] } = options;
  const connection = new Http2Connection(address, options);
  const grpc = createGrpcTransport({
    baseUrl: connection.authority,
    sessionManager: connection,
    readMaxBytes: maxMessageBytes,
    interceptors: [clientCalls({ address }), ...interceptors],
  });
  return {
    async unary(method, signal, timeoutMs = deadlineMs, ...rest) {
      const leftMs = countdown(timeoutMs);
      for (let attempts = 1; ; attempts++) {
        const attempt: Attempt = { fate: "pending" };
        try {
          return await runAttempt(attempt, () => grpc.unary(method, signal, leftMs() ?? 0, ...rest));
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
        const response = await runAttempt(attempt, () => grpc.stream(method, signal, timeoutMs, ...rest));
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
  const { code, rawMessage } = ConnectError.from(error);
  if (code === Code.DeadlineExceeded) return error;
  switch (fate) {
    case "pending":
      return error;
    case "turned back":
    case "not processed": {
      const cause = new NotProcessedError(rawMessage, { reached: fate === "turned back", cause: error });
      return new ConnectError(
        `${address} did not take the call: ${rawMessage}`,
        Code.Unavailable,
        undefined,
        undefined,
        cause,
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
      return new ConnectError(
        `connection to ${address} lost: ${rawMessage}`,
        Code.Unavailable,
        undefined,
        undefined,
        error,
      );
    default:
      return fate satisfies never;
  }
}
