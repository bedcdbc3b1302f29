import { Code, ConnectError } from "@connectrpc/connect";

/** One kind of call that a load is made of. */
export interface Deed {
  /** As in `GetUser`. */
  readonly method: string;
  /** Whether its `idempotency_level` lets a client try it again. */
  readonly repeatable: boolean;
  /** How often it is made beside the others: a whole number. */
  readonly share: number;
  /** Makes it once. Rejects when the caller does not get what was asked for. */
  readonly call: () => Promise<unknown>;
}

/** How one call went; times are in milliseconds, by `performance.now()`. */
export interface CallEnd {
  readonly method: string;
  readonly repeatable: boolean;
  readonly startedAt: number;
  readonly tookMs: number;
  /** Undefined when it was answered. */
  readonly failure: CallFailure | undefined;
}

export interface CallFailure {
  /** As gRPC has it, `Unavailable`; or `Error` where a call was answered with something else than was asked for. */
  readonly code: string;
  readonly message: string;
}

/** Makes a call and tells how it went. Never rejects. */
export async function makeCall({ method, repeatable, call }: Deed): Promise<CallEnd> {
  const startedAt = performance.now();
  let failure: CallFailure | undefined;
  try {
    await call();
  } catch (error) {
    failure = describeFailure(error);
  }
  return { method, repeatable, startedAt, tookMs: performance.now() - startedAt, failure };
}

function describeFailure(error: unknown): CallFailure {
  if (error instanceof ConnectError) return { code: Code[error.code], message: error.rawMessage };
  return { code: "Error", message: error instanceof Error ? error.message : String(error) };
}

/** Deeds one after the other, each as often as its share, for ever. */
export function* rotation(deeds: readonly Deed[]): Generator<Deed, never> {
  const credits = new Map(deeds.map((deed) => [deed, 0]));
  const total = deeds.reduce((sum, { share }) => sum + share, 0);
  if (total <= 0) throw new RangeError("deeds: expected one with a share above 0");
  for (;;) {
    let next: Deed | undefined;
    for (const deed of deeds) {
      credits.set(deed, (credits.get(deed) ?? 0) + deed.share);
      if (next === undefined || (credits.get(deed) ?? 0) > (credits.get(next) ?? 0)) next = deed;
    }
    if (next === undefined) throw new RangeError("deeds: expected one at least");
    credits.set(next, (credits.get(next) ?? 0) - total);
    yield next;
  }
}
