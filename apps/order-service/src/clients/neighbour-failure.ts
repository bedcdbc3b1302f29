import { InfrastructureError, type InfrastructureErrorKind } from "@banyan/errors";
import { Code, ConnectError } from "@connectrpc/connect";

const kinds: { readonly [code in Code]?: InfrastructureErrorKind } = {
  [Code.Unavailable]: "unavailable",
  [Code.ResourceExhausted]: "unavailable",
  [Code.DeadlineExceeded]: "timeout",
  [Code.Canceled]: "timeout",
  [Code.Unknown]: "timeout",
};

/**
 * What a failed call to another service means to us, when it is not a definite no.
 *
 * Every call that we make of a neighbour may be made again, so a connection that broke is UNAVAILABLE whether or not the
 * neighbour had done its part.
 */
export function neighbourFailure(neighbour: string, error: unknown): InfrastructureError {
  const { code, rawMessage } = ConnectError.from(error);
  return new InfrastructureError(kinds[code] ?? "internal", neighbour, `${neighbour}: ${rawMessage}`, { cause: error });
}
