import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createContextKey,
  type Interceptor,
  type StreamRequest,
  type StreamResponse,
  type UnaryRequest,
  type UnaryResponse,
} from "@connectrpc/connect";
import { runScope } from "./call-context.ts";
import { requestIdHeader } from "./call-headers.ts";
import { CallLog } from "./call-log.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { ServerCall } from "./server-call.ts";

type AnyFn = ReturnType<Interceptor>;

/** Who calls, `host:port`, in the context values of a call: for a server that knows to tell the log and the trace. */
export const callerAddress = createContextKey<string | undefined>(undefined, { description: "address of the caller" });

export interface ServerCallsOptions {
  readonly log: Logger;
  /** Counts calls, and measures how long they take. Default: nobody does. */
  readonly metrics?: Pick<Metrics, "serverCalls"> | undefined;
  /** Lines of successful calls a second, in [0, Infinity]; the others are counted. Default Infinity. */
  readonly successLinesPerSecond?: number | undefined;
}

/** Disposing writes what is left to say, once no call is under way. */
export interface ServerCalls extends Disposable {
  readonly interceptor: Interceptor;
}

/**
 * A server interceptor that runs each call in its context, and tells of it: one log line, metrics, and a span of its
 * trace.
 *
 * The correlation id is taken from `x-request-id` when it is well formed, is the id of the trace else, and is returned to
 * the caller in the same header, with an error as well. The trace is the caller's (W3C `traceparent`), or begins here. The
 * context has the caller's deadline and the signal that ends with the call too.
 *
 * Put it outermost (first in the array), so that it sees the error that the caller sees. A stream has ended when its last
 * message was read, and its handler runs in the context to the end.
 */
export function serverCalls({ log, metrics, successLinesPerSecond }: ServerCallsOptions): ServerCalls {
  const callLog = new CallLog(log, { successesPerSecond: successLinesPerSecond });
  const sinks = { log: callLog, metrics };
  const interceptor: Interceptor = (next) => (request) => {
    const call = new ServerCall(request, sinks, request.contextValues.get(callerAddress));
    return runScope(call, answered, next, request, call);
  };
  return { interceptor, [Symbol.dispose]: () => callLog[Symbol.dispose]() };
}

/** In the scope of the call. */
async function answered(
  next: AnyFn,
  request: UnaryRequest | StreamRequest,
  call: ServerCall,
): Promise<UnaryResponse | StreamResponse> {
  try {
    const response = await next(request);
    response.header.set(requestIdHeader, call.requestId);
    if (response.stream) return observed(response, call);
    call.finish();
    return response;
  } catch (error) {
    const seen = ConnectError.from(error);
    seen.metadata.set(requestIdHeader, call.requestId);
    call.finish(seen);
    throw seen;
  }
}

/** A response whose stream of messages is iterated in the call's context, and whose end is told once. */
function observed(response: StreamResponse, call: ServerCall): StreamResponse {
  let ended = false;
  const end = (error?: unknown): void => {
    if (ended) return;
    ended = true;
    call.finish(error);
  };
  const messages = (): AsyncIterator<MessageShape<DescMessage>> => {
    const source = response.message[Symbol.asyncIterator]();
    return {
      next: () =>
        runScope(call, async () => {
          try {
            const result = await source.next();
            if (result.done === true) end();
            return result;
          } catch (error) {
            end(error);
            throw error;
          }
        }),
      return: () =>
        runScope(call, async () => {
          end(new ConnectError("the caller has gone", Code.Canceled));
          await source.return?.();
          return { done: true as const, value: undefined };
        }),
    };
  };
  return { ...response, message: { [Symbol.asyncIterator]: messages } };
}
