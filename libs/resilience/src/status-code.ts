import { Code } from "@connectrpc/connect";

/** The codes as gRPC spells them; OK is none of them, for it is no failure. */
export const codesByName: Readonly<Record<string, Code>> = {
  CANCELLED: Code.Canceled,
  UNKNOWN: Code.Unknown,
  INVALID_ARGUMENT: Code.InvalidArgument,
  DEADLINE_EXCEEDED: Code.DeadlineExceeded,
  NOT_FOUND: Code.NotFound,
  ALREADY_EXISTS: Code.AlreadyExists,
  PERMISSION_DENIED: Code.PermissionDenied,
  RESOURCE_EXHAUSTED: Code.ResourceExhausted,
  FAILED_PRECONDITION: Code.FailedPrecondition,
  ABORTED: Code.Aborted,
  OUT_OF_RANGE: Code.OutOfRange,
  UNIMPLEMENTED: Code.Unimplemented,
  INTERNAL: Code.Internal,
  UNAVAILABLE: Code.Unavailable,
  DATA_LOSS: Code.DataLoss,
  UNAUTHENTICATED: Code.Unauthenticated,
};

const codes: ReadonlySet<unknown> = new Set(Object.values(codesByName));

/** The code of a name in any case, or of its number; undefined for what is neither, and for OK. */
export function statusCodeOf(value: unknown): Code | undefined {
  if (typeof value === "string") return codesByName[value.toUpperCase()];
  return isCode(value) ? value : undefined;
}

function isCode(value: unknown): value is Code {
  return codes.has(value);
}
