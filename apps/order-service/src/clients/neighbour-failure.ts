import { failureKind, InfrastructureError } from "@banyan/errors";
import { meaningOfStatus, retryDelayOf } from "@banyan/rpc";
import { ConnectError } from "@connectrpc/connect";

/**
 * What a failed call to another service means to us, when it is not a definite no. A neighbour's word on when to come back
 * is passed on.
 *
 * Every call that we make of a neighbour may be made again, so a connection that broke is UNAVAILABLE whether or not the
 * neighbour had done its part.
 */
export function neighbourFailure(neighbour: string, error: unknown): InfrastructureError {
  const failed = ConnectError.from(error);
  const kind = failureKind(meaningOfStatus(failed.code), "none");
  const retryAfterMs = retryDelayOf(failed);
  return new InfrastructureError(kind, neighbour, `${neighbour}: ${failed.rawMessage}`, {
    cause: error,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
