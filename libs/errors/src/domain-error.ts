/**
 * What kind of refusal a domain error is. Each kind has one gRPC status, in one table at the edge of the process.
 *
 * - `invalid`: the request can never succeed as it stands
 * - `not_found`: what it names is not there
 * - `already_exists`: what it would create is there, or its key stands for something else
 * - `precondition`: the request is fine, the state of things forbids it; trying again without a change is useless
 * - `exhausted`: a quota of the caller is used up
 * - `unauthenticated`, `permission`: who asks is not known, or may not
 */
export type ErrorKind =
  "invalid" | "not_found" | "already_exists" | "precondition" | "exhausted" | "unauthenticated" | "permission";

/** What a refusal is about: what is not there, or is there already. */
export interface Resource {
  /** What sort of thing, in a word of the domain: `order`. */
  readonly type: string;
  /** What it is known by. Left out where that is secret or personal. */
  readonly name?: string;
}

/** A refusal by business rules: something the caller did or asked for, never something that broke. */
export abstract class DomainError extends Error {
  abstract readonly kind: ErrorKind;

  /**
   * A constant in UPPER_SNAKE_CASE that callers may depend on: a value of the contract's `ErrorReason` enum without its
   * prefix.
   */
  abstract readonly reason: string;

  /** The facts of this occurrence, by name. They are shown to the caller: no secrets, no personal data. */
  readonly facts: Readonly<Record<string, string>>;

  /** Shown to the caller as well; every refusal of kind `not_found` or `already_exists` has one. */
  readonly resource: Resource | undefined;

  /** @param message shown to the caller: no secrets, no personal data */
  constructor(message: string, facts: Readonly<Record<string, string>> = {}, resource?: Resource) {
    super(message);
    this.facts = facts;
    this.resource = resource;
  }
}
