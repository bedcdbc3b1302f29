import { type ErrorCode, errorCodeName } from "./frames/frame.ts";

/**
 * The peer broke a rule in a way that ends the connection, by a GOAWAY with this code. With INTERNAL_ERROR it is our own
 * defect, which is its cause.
 *
 * @see RFC 9113, section 5.4.1
 */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(`${errorCodeName(code)}: ${message}`, options);
    this.code = code;
  }
}

/** The peer broke a rule in a way that ends one stream, by an RST_STREAM with this code. @see RFC 9113, section 5.4.2 */
export class StreamError extends Error {
  override readonly name = "StreamError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(`${errorCodeName(code)}: ${message}`);
    this.code = code;
  }
}
