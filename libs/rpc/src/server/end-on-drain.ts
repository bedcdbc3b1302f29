import type { Logger } from "@banyan/telemetry";
import type { Interceptor, StreamRequest, StreamResponse } from "@connectrpc/connect";
import { untilAborted } from "../until-aborted.ts";

/**
 * A server interceptor that ends streams, and only streams, when the server drains: the caller gets the signal's reason,
 * the handler sees its own signal aborted. A unary call is left to finish.
 *
 * (Connect's `shutdownSignal` aborts the signals of unary handlers as well, and with them the calls they have made.)
 */
export function endOnDrain(drain: AbortSignal, log: Logger): Interceptor {
  return (next) => {
    const untilDrain = async (request: StreamRequest): ReturnType<typeof next> => {
      drain.throwIfAborted();
      const signal = AbortSignal.any([request.signal, drain]);
      const response = await untilAborted(drain, next({ ...request, signal }));
      return response.stream ? ending(response, drain, log) : response;
    };
    return (request) => (request.stream ? untilDrain(request) : next(request));
  };
}

function ending(response: StreamResponse, drain: AbortSignal, log: Logger): StreamResponse {
  const message = {
    async *[Symbol.asyncIterator]() {
      const source = response.message[Symbol.asyncIterator]();
      try {
        for (;;) {
          const result = await untilAborted(drain, source.next());
          if (result.done === true) return;
          yield result.value;
        }
      } finally {
        // Not awaited: a handler that does not listen to its signal must not hold up the drain.
        source.return?.().catch((error: unknown) => log.warn({ error }, "a stream did not end cleanly"));
      }
    },
  };
  return { ...response, message };
}
