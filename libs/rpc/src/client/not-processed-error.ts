import { ConnectError } from "@connectrpc/connect";

/** The cause of a call's error when it is certain that no server has worked on the call: it can be made again elsewhere. */
export class NotProcessedError extends Error {
  override readonly name = "NotProcessedError";
  /** Whether the server was reached, and has turned the call back; a connection that could not be opened is none. */
  readonly reached: boolean;

  constructor(message: string, { reached, cause }: { readonly reached: boolean; readonly cause: unknown }) {
    super(message, { cause });
    this.reached = reached;
  }
}

/**
 * Whether it is certain that no server has worked on a call that failed: it could not be sent, or was refused before any
 * processing. Only such a call can be made again whatever it does.
 *
 * @param error what a call over `http2Transport` or `balancedTransport` was rejected with
 */
export function isNotProcessed(error: unknown): boolean {
  return error instanceof ConnectError && error.cause instanceof NotProcessedError;
}
