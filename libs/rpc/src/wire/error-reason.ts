import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { ConnectError } from "@connectrpc/connect";

/** What google.rpc.ErrorInfo says about a refusal. */
export interface ErrorReason {
  /** A constant that the contract of the service declares: `USER_NOT_FOUND`. */
  readonly reason: string;
  /** Who declares it: `user.banyan`. The same reason in another domain is another reason. */
  readonly domain: string;
  /** The facts of this occurrence, by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The reason a service gave for refusing a call; undefined when it gave none, as for every failure (UNAVAILABLE,
 * DEADLINE_EXCEEDED, INTERNAL), and for what is no error of a call at all.
 */
export function errorReasonOf(error: unknown): ErrorReason | undefined {
  if (!(error instanceof ConnectError)) return undefined;
  const [info] = error.findDetails(ErrorInfoSchema);
  return info && { reason: info.reason, domain: info.domain, metadata: { ...info.metadata } };
}
