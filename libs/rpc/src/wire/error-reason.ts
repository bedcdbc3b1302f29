import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import type { GenEnum } from "@bufbuild/protobuf/codegenv2";
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

/** The reasons of a service, as its generated stubs export them. */
export interface DeclaredReasons<Reasons extends Readonly<Record<string, number>>> {
  readonly ErrorReason: Reasons;
  readonly ErrorReasonSchema: GenEnum<number>;
}

/** The name of a reason that a contract declares: `"USER_NOT_FOUND"`. */
export type DeclaredReason<Reasons> = Exclude<keyof Reasons & string, "UNSPECIFIED">;

/**
 * The reason a service gave for refusing a call; undefined when it gave none, as for every failure (UNAVAILABLE,
 * DEADLINE_EXCEEDED, INTERNAL), and for what is no error of a call at all.
 */
export function errorReasonOf(error: unknown): ErrorReason | undefined {
  if (!(error instanceof ConnectError)) return undefined;
  const [info] = error.findDetails(ErrorInfoSchema);
  return info && { reason: info.reason, domain: info.domain, metadata: { ...info.metadata } };
}

/**
 * The reason for which a service refused a call, as one of those that its contract declares: to compare it with a name
 * that is misspelt, or another service's, does not compile.
 *
 *     import * as contract from "@banyan/stubs-user";
 *     if (declaredReasonOf(error, contract) === "USER_NOT_FOUND") …
 *
 * @returns undefined where there is no reason, where it is that of another service, and where the service has a newer
 *   contract than we do, which declares more
 */
export function declaredReasonOf<Reasons extends Readonly<Record<string, number>>>(
  error: unknown,
  { ErrorReason, ErrorReasonSchema }: DeclaredReasons<Reasons>,
): DeclaredReason<Reasons> | undefined {
  const given = errorReasonOf(error);
  // A package spells with underscores what etcd, and so the domain, spells with hyphens: gift_card.v1, gift-card.banyan.
  const service = ErrorReasonSchema.typeName.split(".", 1)[0]?.replaceAll("_", "-");
  if (given?.domain !== `${service}.banyan`) return undefined;
  return isDeclared(given.reason, ErrorReason) ? given.reason : undefined;
}

function isDeclared<Reasons extends Readonly<Record<string, number>>>(
  reason: string,
  reasons: Reasons,
): reason is DeclaredReason<Reasons> {
  return reason !== "UNSPECIFIED" && Object.hasOwn(reasons, reason);
}
