import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor, type StreamResponse } from "@connectrpc/connect";
import { currentCall, runCall, type CallContext } from "./call-context.ts";
import { callContextOf, requestIdHeader } from "./call-headers.ts";
import type { Logger } from "./logger.ts";

/**
 * A server interceptor that runs each call in its context and writes one log line for it: `method`, `code`,
 * `durationMs`, `requestId`. The correlation id is taken from `x-request-id` when it is well formed, and
 * returned to the caller in the same header, with an error as well. The context has the caller's deadline and the signal
 * that ends with the call too.
 *
 * Put it outermost (first in the array), so that it sees the error that the caller sees. A stream's line is written when
 * the stream ends, and its handler runs in the context to the end.
 *
 * Levels: `info` for what succeeded and for refusals that are the caller's doing, `warn` for overload and
 * unavailability, `error` for what is a defect of ours.
 */
export function serverCalls(log: Logger): Interceptor {
  return (next) => async (request) => {
    const startedAt = performance.now();
    const context = callContextOf(request.header, request.signal, startedAt);
    const method = `${request.service.typeName}/${request.method.name}`;
    const finish = (error?: unknown): void => {
      const code = error === undefined ? "ok" : codeName(ConnectError.from(error).code);
      const durationMs = Math.round((performance.now() - startedAt) * 1000) / 1000;
      runCall(context, () => log[levelOf(code)]({ method, code, durationMs }, "call"));
    };
    return runCall(context, async () => {
      try {
        const response = await next(request);
        response.header.set(requestIdHeader, context.requestId);
        if (response.stream) return observed(response, context, finish);
        finish();
        return response;
      } catch (error) {
        const seen = ConnectError.from(error);
        seen.metadata.set(requestIdHeader, context.requestId);
        finish(seen);
        throw seen;
      }
    });
  };
}

/** A client interceptor that sends the correlation id of the call being worked on to the next hop. */
export function clientCalls(): Interceptor {
  return (next) => (request) => {
    const call = currentCall();
    if (call !== undefined && !request.header.has(requestIdHeader)) {
      request.header.set(requestIdHeader, call.requestId);
    }
    return next(request);
  };
}

/** A response whose stream of messages is iterated in the call's context, and whose end is told once. */
function observed(response: StreamResponse, context: CallContext, finish: (error?: unknown) => void): StreamResponse {
  let ended = false;
  const end = (error?: unknown): void => {
    if (ended) return;
    ended = true;
    finish(error);
  };
  const messages = (): AsyncIterator<MessageShape<DescMessage>> => {
    const source = response.message[Symbol.asyncIterator]();
    return {
      next: () =>
        runCall(context, async () => {
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
        runCall(context, async () => {
          end(new ConnectError("the caller has gone", Code.Canceled));
          await source.return?.();
          return { done: true as const, value: undefined };
        }),
    };
  };
  return { ...response, message: { [Symbol.asyncIterator]: messages } };
}

/** The code's name as gRPC spells it in lower case: `not_found`. */
function codeName(code: Code): string {
  return (Code[code] ?? "unknown").replace(/(?<=[a-z])[A-Z]/g, (capital) => `_${capital}`).toLowerCase();
}

const levels: Readonly<Record<string, "warn" | "error">> = {
  unavailable: "warn",
  deadline_exceeded: "warn",
  resource_exhausted: "warn",
  unknown: "error",
  internal: "error",
  data_loss: "error",
};

function levelOf(code: string): "info" | "warn" | "error" {
  return levels[code] ?? "info";
}
