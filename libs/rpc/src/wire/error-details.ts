import { InvalidInputError, type DomainError, type InfrastructureError } from "@banyan/errors";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  PreconditionFailureSchema,
  ResourceInfoSchema,
  RetryInfoSchema,
} from "@banyan/stubs-standard/error-details";
import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { ConnectError } from "@connectrpc/connect";
import { codeOf, sentenceOf } from "./error-table.ts";

/** How long a caller waits before it tries again, where the failure does not say. */
const defaultRetryAfterMs = 1000;

/**
 * A refusal as it goes over the wire: its message, google.rpc.ErrorInfo with reason and facts, google.rpc.BadRequest for
 * wrong fields, google.rpc.ResourceInfo for what is not there or is there already, and google.rpc.PreconditionFailure for
 * a state that forbids the request.
 *
 * @param domain who declares the reason, as in `user.banyan`
 */
export function refusal(error: DomainError, domain: string): ConnectError {
  const details = [detail(ErrorInfoSchema, { reason: error.reason, domain, metadata: { ...error.facts } })];
  if (error instanceof InvalidInputError) {
    const fieldViolations = error.violations.map(({ field, description }) => ({ field, description }));
    details.push(detail(BadRequestSchema, { fieldViolations }));
  }
  if (error.resource !== undefined) {
    const { type, name = "" } = error.resource;
    details.push(detail(ResourceInfoSchema, { resourceType: type, resourceName: name, description: error.message }));
  }
  if (error.kind === "precondition") {
    const violation = { type: error.reason, subject: subjectOf(error), description: error.message };
    details.push(detail(PreconditionFailureSchema, { violations: [violation] }));
  }
  return new ConnectError(error.message, codeOf(error), undefined, details, error);
}

/**
 * A failure as it goes over the wire: which dependency, and google.rpc.RetryInfo when trying again can help. Message and
 * cause of the failure stay in the process.
 */
export function failure(error: InfrastructureError): ConnectError {
  const retryDelay = durationFromMs(error.retryAfterMs ?? defaultRetryAfterMs);
  const details = error.kind === "unavailable" ? [detail(RetryInfoSchema, { retryDelay })] : [];
  return new ConnectError(sentenceOf(error), codeOf(error), undefined, details, error);
}

type Detail = Exclude<ConnectError["details"][number], { readonly type: string }>;

function detail<Desc extends DescMessage>(desc: Desc, value: MessageInitShape<Desc>): Detail {
  return { desc, value };
}

/** What the condition is about, by the facts: `sku=apple,available=1`. */
function subjectOf({ facts }: DomainError): string {
  return Object.entries(facts)
    .map(([name, fact]) => `${name}=${fact}`)
    .join(",");
}
