import { ErrorCode, type StreamEnd } from "@banyan/http2";
import { Code, ConnectError } from "@connectrpc/connect";
import { resetError } from "../../wire/reset-error.ts";
import { dialFailure } from "../dial.ts";
import { NotProcessedError } from "../not-processed-error.ts";

/**
 * The error of a call that no server has worked on, nor will.
 *
 * @param reached whether a server was reached, and has turned the call back
 */
export function notTaken(address: string, cause: Error, reached: boolean): ConnectError {
  const why = dialFailure(cause);
  return new ConnectError(
    `${address} did not take the call: ${why}`,
    Code.Unavailable,
    undefined,
    undefined,
    new NotProcessedError(why, { reached, cause }),
  );
}

/**
 * The error of a call whose stream has ended without an answer, in gRPC's words: a connection that breaks is UNAVAILABLE,
 * whatever the code in HTTP/2 was.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#errors
 */
export function failureOf(end: Exclude<StreamEnd, { tag: "done" }>, address: string): ConnectError {
  switch (end.tag) {
    case "turned away":
      return notTaken(address, new Error(end.reason), true);
    case "lost":
      return new ConnectError(
        `connection to ${address} lost: ${dialFailure(end.error)}`,
        Code.Unavailable,
        undefined,
        undefined,
        end.error,
      );
    case "reset":
      if (end.by === "us") return new ConnectError(`${address} broke a rule of HTTP/2: ${end.reason}`, Code.Internal);
      if (end.code === ErrorCode.ENHANCE_YOUR_CALM) {
        return new ConnectError(`${address} has turned the call away`, Code.ResourceExhausted);
      }
      return resetError(end.code) ?? new ConnectError(`http/2 stream closed with ${end.reason}`, Code.Internal);
    default:
      return end satisfies never;
  }
}
