import { DomainError, type ErrorKind, type InfrastructureError, type InfrastructureErrorKind } from "@banyan/errors";
import { Code } from "@connectrpc/connect";

/** The gRPC status of each kind of refusal. */
const domainCodes = {
  invalid: Code.InvalidArgument,
  not_found: Code.NotFound,
  already_exists: Code.AlreadyExists,
  precondition: Code.FailedPrecondition,
  exhausted: Code.ResourceExhausted,
  unauthenticated: Code.Unauthenticated,
  permission: Code.PermissionDenied,
} as const satisfies Record<ErrorKind, Code>;

/** The gRPC status of each kind of failure, and all that a caller is told about it. */
const infrastructureFailures = {
  unavailable: { code: Code.Unavailable, sentence: "is unavailable" },
  timeout: { code: Code.DeadlineExceeded, sentence: "did not answer in time" },
  internal: { code: Code.Internal, sentence: "failed" },
} as const satisfies Record<InfrastructureErrorKind, { code: Code; sentence: string }>;

/** The gRPC status that an error of ours has on the wire. */
export function codeOf(error: DomainError | InfrastructureError): Code {
  return error instanceof DomainError ? domainCodes[error.kind] : infrastructureFailures[error.kind].code;
}

/** What a caller is told about a failure: the dependency and how it let us down, and nothing else. */
export function sentenceOf({ dependency, kind }: InfrastructureError): string {
  return `${dependency} ${infrastructureFailures[kind].sentence}`;
}
