import { DomainError, InfrastructureError } from "@banyan/errors";
import type { Logger } from "@banyan/telemetry";
import {
  Code,
  ConnectError,
  type Interceptor,
  type StreamRequest,
  type StreamResponse,
  type UnaryRequest,
} from "@connectrpc/connect";
import { failure, refusal } from "./error-details.ts";

export interface DomainErrorsOptions {
  /** Who declares the reasons of the domain errors: `user.banyan`. It becomes the domain in google.rpc.ErrorInfo. */
  readonly domain: string;
  /** Gets the causes, which no caller sees. */
  readonly log: Logger;
}

/**
 * A server interceptor that turns what handlers throw into what callers may see.
 *
 * - a DomainError keeps its message; its kind decides the code, its reason and facts become google.rpc.ErrorInfo
 * - an InfrastructureError names its dependency and no more; it is logged, `unavailable` as a warning
 * - a ConnectError passes as it is
 * - work that stopped because the call was over (deadline, cancellation) is answered with that
 * - anything else is INTERNAL "internal error", and logged
 *
 * Errors thrown while a stream is read are turned as well. Put it inside of the call log, which then sees the codes that
 * the caller sees.
 */
export function domainErrors({ domain, log }: DomainErrorsOptions): Interceptor {
  const visible = (error: unknown, request: UnaryRequest | StreamRequest): ConnectError => {
    if (error instanceof ConnectError) return error;
    if (error instanceof DomainError) return refusal(error, domain);
    const method = `${request.service.typeName}/${request.method.name}`;
    if (error instanceof InfrastructureError) {
      log[error.kind === "unavailable" ? "warn" : "error"](
        { error, dependency: error.dependency, method },
        "a dependency failed",
      );
      return failure(error);
    }
    if (isEndOfCall(error, request.signal)) return ConnectError.from(request.signal.reason ?? error, Code.Canceled);
    log.error({ error, method }, "unexpected error");
    return new ConnectError("internal error", Code.Internal, undefined, undefined, error);
  };
  return (next) => async (request) => {
    try {
      const response = await next(request);
      return response.stream ? translated(response, (error) => visible(error, request)) : response;
    } catch (error) {
      throw visible(error, request);
    }
  };
}

/** Work that stopped because its call is over: the signal was aborted, or the request broke off while it was read. */
function isEndOfCall(error: unknown, signal: AbortSignal): boolean {
  if (!(error instanceof Error)) return false;
  if (signal.aborted && error.name === "AbortError") return true;
  return "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}

function translated(response: StreamResponse, visible: (error: unknown) => ConnectError): StreamResponse {
  const message = {
    async *[Symbol.asyncIterator]() {
      try {
        yield* response.message;
      } catch (error) {
        throw visible(error);
      }
    },
  };
  return { ...response, message };
}
