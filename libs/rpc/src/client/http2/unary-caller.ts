import { create, type DescMessage, type DescMethodUnary } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  type Interceptor,
  type StreamResponse,
  type Transport,
  type UnaryResponse,
} from "@connectrpc/connect";
import { UnaryCallRequest } from "./call-request.ts";
import { CallValues } from "./call-values.ts";
import { knownMethods } from "./known-method.ts";
import { UnaryExchange, type SharedByCalls } from "./unary-exchange.ts";
import type { UnaryProtocol } from "./unary-protocol.ts";
import { requestHeaders } from "./request-headers.ts";

type Unary = Transport["unary"];
type Next = ReturnType<Interceptor>;

export interface UnaryCallerOptions {
  readonly protocol: UnaryProtocol;
  /** Deadline of calls that set none, in milliseconds; 0 for none. */
  readonly deadlineMs: number;
  /** Run around each call, the first one outermost. */
  readonly interceptors: readonly Interceptor[];
  /** Run around those. It must hand on the request that it gets, and no copy of it: that one's signal is made when asked for. */
  readonly outermost: Interceptor;
}

/** `unary` of a transport: each call with its request, and the interceptors around it. */
export function unaryCaller(calls: SharedByCalls, options: UnaryCallerOptions): Unary {
  const { protocol, deadlineMs, interceptors, outermost } = options;
  const innermostFirst = interceptors.toReversed();
  const methodOf = knownMethods<DescMethodUnary, UnaryProtocol>(protocol, calls.connections.origin, deadlineMs);

  const begin: Unary = (desc, signal, timeoutMs, header, input, contextValues = new CallValues()) => {
    const method = methodOf(desc);
    const boundMs = timeoutMs ?? deadlineMs;
    const fields = boundMs === deadlineMs ? method.dated : method.undated;
    const timeout = boundMs > 0 ? boundMs : undefined;
    const headers = requestHeaders(protocol, fields, boundMs === deadlineMs ? undefined : timeout, header);
    const message = create(desc.input, input);
    const call = new UnaryExchange(calls, { method, fields, timeoutMs: timeout, signal });
    const lazy = new UnaryCallRequest(method, headers, message, contextValues, call);
    const request = interceptors.length === 0 ? lazy : lazy.made();
    let next: Next = (sent) => call.send(sent);
    for (const interceptor of innermostFirst) next = interceptor(next);
    return settled(call, outermost(next)(request));
  };

  return (...call) => {
    try {
      return begin(...call);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/** Closes the call when it is answered or has failed; a function of its own, since an async one costs by its variables. */
async function settled<I extends DescMessage, O extends DescMessage>(
  call: UnaryExchange,
  answer: ReturnType<Next>,
): Promise<UnaryResponse<I, O>> {
  try {
    const response = await answer;
    call.close();
    if (isAnswer<I, O>(response)) return response;
  } catch (reason) {
    const error = call.givenUp ?? ConnectError.from(reason);
    call.close(error);
    throw error;
  }
  throw new ConnectError("an interceptor made a stream of a unary answer", Code.Internal);
}

function isAnswer<I extends DescMessage, O extends DescMessage>(
  response: UnaryResponse | StreamResponse,
): response is UnaryResponse<I, O> {
  return !response.stream;
}
