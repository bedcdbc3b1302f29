/** One place that breaks a rule, and what to do about it. */
export interface Violation {
  /** Relative to the workspace, with forward slashes. */
  readonly path: string;
  /** From 1; absent where the rule speaks of a whole file or folder. */
  readonly line?: number;
  /** The rule's name, as tests and the README know it: `layers/neighbour`. */
  readonly rule: string;
  /** Reads on from the place: `domain must not import pg: SQL lives in src/storage`. */
  readonly message: string;
}

/** `apps/x/src/domain/order.ts:3 domain must not import pg: SQL lives in src/storage` */
export function describeViolation({ path, line, message }: Violation): string {
  return `${line === undefined ? path : `${path}:${line}`} ${message}`;
}
