import type { ResponseHead } from "@banyan/http2";
import type { DescMethodStreaming } from "@bufbuild/protobuf";
import { ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import { createClientMethodSerializers, runStreamingCall } from "@connectrpc/connect/protocol";
import { CallValues } from "./call-values.ts";
import type { Connections } from "./connections.ts";
import { FieldHeaders } from "../../wire/field-headers.ts";
import { knownMethods } from "./grpc-method.ts";
import { errorOf, openingOf } from "./grpc-response.ts";
import { requestHeaders, requestParts } from "./request-headers.ts";
import { StreamExchange } from "./stream-exchange.ts";
import { requestEnvelopes, responseMessages } from "./stream-messages.ts";

export interface StreamCallerOptions {
  readonly address: string;
  readonly connections: Connections;
  /** In bytes, once it is decompressed. */
  readonly maxMessageBytes: number;
  /** Run around each call, the first one outermost. */
  readonly interceptors: readonly Interceptor[];
}

/** `stream` of a transport; interceptors, deadline and signal are Connect's own. */
export function streamCaller(options: StreamCallerOptions): Transport["stream"] {
  const { address, connections, maxMessageBytes } = options;
  const interceptors = [...options.interceptors];
  const methodOf = knownMethods<DescMethodStreaming>(connections.authority, 0);

  return async (desc, signal, timeoutMs = 0, header, input, contextValues = new CallValues()) => {
    const { url, pseudo, undated } = methodOf(desc);
    const bound = timeoutMs > 0 ? { timeoutMs } : {};
    const { parse, serialize } = createClientMethodSerializers(desc, true);
    return runStreamingCall({
      interceptors,
      ...bound,
      ...(signal && { signal }),
      req: {
        stream: true,
        service: desc.parent,
        method: desc,
        requestMethod: "POST",
        url,
        header: requestHeaders(undated, bound.timeoutMs, header),
        contextValues,
        message: input,
      },
      async next(request) {
        const exchange = new StreamExchange(address, connections, {
          parts: requestParts(request.header, undated, pseudo),
          body: requestEnvelopes(request.message, serialize),
          signal: request.signal,
        });
        const head = await exchange.head;
        const { compression, hasStatus } = openedBy(head, exchange);
        const headers = new FieldHeaders(head.fields);
        const trailer = new FieldHeaders();
        const message = responseMessages(exchange, { parse, compression, maxMessageBytes, head, hasStatus, trailer });
        return { ...request, header: headers, trailer, message };
      },
    });
  };
}

/** @throws {ConnectError} when the response is none, or is an error and nothing else */
function openedBy(head: ResponseHead, exchange: StreamExchange): ReturnType<typeof openingOf> {
  try {
    const opening = openingOf(head);
    if (opening.hasError) throw errorOf(head);
    return opening;
  } catch (error) {
    exchange.break(ConnectError.from(error));
    throw error;
  }
}
