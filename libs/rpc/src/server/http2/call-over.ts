import { ErrorCode, type ServerStream, type StreamEnd } from "@banyan/http2";
import { Code, ConnectError } from "@connectrpc/connect";
import { resetError } from "../../wire/reset-error.ts";

/** A timer that is told to run longer fires at once, in milliseconds. */
export const longestTimerMs = 2 ** 31 - 1;

/** Why the signal of a call is aborted that was answered: one for all of them, since making one costs a stack trace. */
export const callOver: DOMException = new DOMException("This operation was aborted", "AbortError");

/** Why the signal of a call is aborted whose stream has ended. A connection that is lost counts as CANCEL. */
export function reasonOf(end: StreamEnd): ConnectError | DOMException {
  switch (end.tag) {
    case "done":
      return callOver;
    case "reset":
      return resetError(end.code) ?? callOver;
    case "turned away":
    case "lost":
      return resetError(ErrorCode.CANCEL) ?? callOver;
    default:
      return end satisfies never;
  }
}

/**
 * Ends the stream of a request that was answered before it had arrived; it would stay open otherwise. What is on its way in
 * this turn may still come.
 *
 * @see RFC 9113, section 8.1
 */
export function abandonRequest(stream: ServerStream): void {
  if (stream.isRemoteEnd) return;
  setImmediate(() => {
    if (!stream.isRemoteEnd) stream.reset(ErrorCode.NO_ERROR, "answered before the request had arrived");
  });
}

/** What a caller is told of what a call has failed with: an error that is none of Connect's is not told. */
export function visibleError(cause: unknown): ConnectError {
  if (cause instanceof ConnectError) return cause;
  return new ConnectError("internal error", Code.Internal, undefined, undefined, cause);
}
