import {
  DomainError,
  type ErrorKind,
  type FailureMeaning,
  type InfrastructureError,
  type InfrastructureErrorKind,
} from "@banyan/errors";
import { Code } from "@connectrpc/connect";

/**
 * What a caller does next.
 *
 * - `fix`: send another request; this one is refused however often it is sent
 * - `retry here`: send the same request again, later
 * - `retry elsewhere`: send the same request again, to another instance if there is one
 * - `give up`: the request is fine, and no retry helps; something else has to change first
 */
export type Advice = "fix" | "retry here" | "retry elsewhere" | "give up";

interface Refusal {
  readonly code: Code;
  readonly advice: Advice;
}

interface Failure extends Refusal {
  /** Follows the name of the dependency, and is all that a caller is told. */
  readonly sentence: string;
}

/** The gRPC status of each kind of refusal. */
export const refusals = {
  invalid: { code: Code.InvalidArgument, advice: "fix" },
  not_found: { code: Code.NotFound, advice: "fix" },
  already_exists: { code: Code.AlreadyExists, advice: "fix" },
  precondition: { code: Code.FailedPrecondition, advice: "give up" },
  exhausted: { code: Code.ResourceExhausted, advice: "retry here" },
  unauthenticated: { code: Code.Unauthenticated, advice: "fix" },
  permission: { code: Code.PermissionDenied, advice: "give up" },
} as const satisfies Record<ErrorKind, Refusal>;

/** The gRPC status of each kind of failure. */
export const failures = {
  unavailable: { code: Code.Unavailable, advice: "retry elsewhere", sentence: "is unavailable" },
  timeout: { code: Code.DeadlineExceeded, advice: "retry here", sentence: "did not answer in time" },
  internal: { code: Code.Internal, advice: "give up", sentence: "failed" },
} as const satisfies Record<InfrastructureErrorKind, Failure>;

/** What the status of a call to another service means to us, where it is no refusal that we expect; the rest is `refused`. */
const statuses: { readonly [code in Code]?: FailureMeaning } = {
  [Code.Unavailable]: "broken off",
  [Code.ResourceExhausted]: "undone",
  [Code.Aborted]: "undone",
  [Code.DeadlineExceeded]: "unknown",
  [Code.Canceled]: "unknown",
  [Code.Unknown]: "unknown",
};

/** The gRPC status that an error of ours has on the wire. */
export function codeOf(error: DomainError | InfrastructureError): Code {
  return error instanceof DomainError ? refusals[error.kind].code : failures[error.kind].code;
}

/** What a caller is told about a failure: the dependency and how it let us down, and nothing else. */
export function sentenceOf({ dependency, kind }: InfrastructureError): string {
  return `${dependency} ${failures[kind].sentence}`;
}

/** What the failure of a call to another service tells about the work that was asked of it. */
export function meaningOfStatus(code: Code): FailureMeaning {
  return statuses[code] ?? "refused";
}
