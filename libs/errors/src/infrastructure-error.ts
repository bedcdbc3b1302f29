/**
 * How something that the process needs let it down.
 *
 * - `unavailable`: nothing has happened, and trying again later can help
 * - `timeout`: whether anything has happened is not known
 * - `internal`: a defect, ours or theirs
 */
export type InfrastructureErrorKind = "unavailable" | "timeout" | "internal";

/**
 * A database, a neighbour or the network failed. The caller learns the kind and which dependency it was; message and
 * cause are for the log alone.
 */
export class InfrastructureError extends Error {
  override readonly name = "InfrastructureError";
  readonly kind: InfrastructureErrorKind;

  /** What failed, in a word that may be shown to callers: `database`, `inventory`. */
  readonly dependency: string;

  /** How long a caller should wait before it tries again, in milliseconds; only for `unavailable`. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: InfrastructureErrorKind,
    dependency: string,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.dependency = dependency;
    this.retryAfterMs = options.retryAfterMs;
  }
}
