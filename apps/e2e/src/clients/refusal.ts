import { BadRequestSchema, ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { Code, ConnectError } from "@connectrpc/connect";

/** What a refused call says, to a program. */
export interface Refusal {
  /** The status's name, as in `NotFound`. */
  readonly code: string;
  /** google.rpc.ErrorInfo; absent where the codec or the transport refuses. */
  readonly reason?: string;
  readonly domain?: string;
  readonly facts?: Readonly<Record<string, string>>;
  /** The fields in google.rpc.BadRequest, each once, in the order in which they are named. */
  readonly fields?: readonly string[];
}

/** What an error says; for one of the transport it is the code alone. */
export function readRefusal(thrown: unknown): Refusal {
  const error = ConnectError.from(thrown);
  const [info] = error.findDetails(ErrorInfoSchema);
  const [badRequest] = error.findDetails(BadRequestSchema);
  return {
    code: Code[error.code],
    ...(info && { reason: info.reason, domain: info.domain, facts: { ...info.metadata } }),
    ...(badRequest && { fields: [...new Set(badRequest.fieldViolations.map(({ field }) => field))] }),
  };
}

/** @throws {Error} when the call is not refused */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => readRefusal(error),
  );
  if (outcome === undefined) throw new Error("expected a refusal, got an answer");
  return outcome;
}
