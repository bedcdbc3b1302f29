import type { DescMessage, DescMethodStreaming } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  type Interceptor,
  type StreamResponse,
  type Transport,
  type UnaryResponse,
} from "@connectrpc/connect";
import { StreamCallRequest, type GivenMessages } from "./call-request.ts";
import { CallValues } from "./call-values.ts";
import { GrpcStream } from "./grpc-stream.ts";
import { knownMethods } from "./known-method.ts";
import { requestHeaders, requestParts } from "./request-headers.ts";
import type { SharedByCalls } from "./unary-exchange.ts";
import type { RequestProtocol } from "./unary-protocol.ts";

type Stream = Transport["stream"];
type Next = ReturnType<Interceptor>;

export interface StreamCallerOptions {
  /** How requests begin. */
  readonly protocol: RequestProtocol;
  /** Run around each call, the first one outermost. */
  readonly interceptors: readonly Interceptor[];
  /** Run around those. It must hand on the request that it gets, and no copy of it: that one's signal is made when asked for. */
  readonly outermost: Interceptor;
}

/** `stream` of a transport: each call with its request, and the interceptors around it. */
export function streamCaller(calls: SharedByCalls, options: StreamCallerOptions): Stream {
  const { protocol, interceptors, outermost } = options;
  const innermostFirst = interceptors.toReversed();
  const methodOf = knownMethods<DescMethodStreaming, RequestProtocol>(protocol, calls.connections.origin, 0);

  return async (desc, signal, timeoutMs = 0, header, input, contextValues = new CallValues()) => {
    const method = methodOf(desc);
    const timeout = timeoutMs > 0 ? timeoutMs : undefined;
    const headers = requestHeaders(protocol, method.undated, timeout, header);
    const call = new GrpcStream(calls, {
      method,
      timeoutMs: timeout,
      signal,
      release: (error) => letGo(input, error),
    });
    const lazy = new StreamCallRequest(method, headers, input, contextValues, call);
    const request = interceptors.length === 0 ? lazy : lazy.made();
    let next: Next = async (sent) => {
      if (!sent.stream) throw new ConnectError("an interceptor made a unary call of a stream", Code.Internal);
      const messages = sent instanceof StreamCallRequest ? sent.given : sent.message;
      return call.send(requestParts(sent.header, method.undated, method.pseudo), messages);
    };
    for (const interceptor of innermostFirst) next = interceptor(next);
    try {
      return answered(call, await outermost(next)(request));
    } catch (reason) {
      throw call.fail(reason);
    }
  };
}

/**
 * Tells whoever gives the messages of a request that no more are wanted, as Connect does.
 *
 * @param error why; undefined at a good end
 */
function letGo(messages: GivenMessages, error: ConnectError | undefined): void {
  const source = messages[Symbol.asyncIterator]();
  // What they answer is of no interest any more, be it an error.
  if (error !== undefined) source.throw?.(error).catch(() => undefined);
  source.return?.().catch(() => undefined);
}

/** The response as its caller gets it, whose messages end the call. */
function answered<I extends DescMessage, O extends DescMessage>(
  call: GrpcStream,
  answer: StreamResponse | UnaryResponse,
): StreamResponse<I, O> {
  const response = answer.stream ? { ...answer, message: call.read(answer.message) } : answer;
  if (isStream<I, O>(response)) return response;
  throw new ConnectError("an interceptor made a unary answer of a stream", Code.Internal);
}

function isStream<I extends DescMessage, O extends DescMessage>(
  response: UnaryResponse | StreamResponse,
): response is StreamResponse<I, O> {
  return response.stream;
}
