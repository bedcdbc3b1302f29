import { statusCodeOf } from "@banyan/telemetry";
import type { DescMessage, DescMethodUnary, MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type ContextValues, type Transport } from "@connectrpc/connect";
import { outcomeOf } from "../outcome.ts";
import type { CallEnd } from "../report/traffic-events.ts";
import type { HeaderFields } from "../split/headers.ts";
import type { Ended } from "./compare-outcomes.ts";

/** A call as either side gets it. */
export interface AskedCall<I extends DescMessage, O extends DescMessage> {
  readonly method: DescMethodUnary<I, O>;
  readonly header: HeaderFields;
  readonly input: MessageInitShape<I>;
  readonly contextValues: ContextValues | undefined;
}

/** How a call has ended, and how long it took, in milliseconds. */
export interface TimedEnd<O extends DescMessage> {
  readonly end: Ended<O>;
  readonly ms: number;
}

/**
 * Makes a call that nobody waits for. Never rejects, and never takes longer than `timeoutMs`, whatever the transport does.
 *
 * @param closing ends it
 */
export async function timedAsk<I extends DescMessage, O extends DescMessage>(
  transport: Transport,
  { method, header, input, contextValues }: AskedCall<I, O>,
  timeoutMs: number,
  closing: AbortSignal,
): Promise<TimedEnd<O>> {
  const startedAt = performance.now();
  const asking = new AbortController();
  const ended = Promise.withResolvers<never>();
  const end = (reason: unknown): void => {
    asking.abort(reason);
    ended.reject(reason);
  };
  const close = (): void => end(closing.reason);
  closing.addEventListener("abort", close, { once: true });
  const late = new ConnectError("the mirrored call took too long", Code.DeadlineExceeded);
  const timer = setTimeout(() => end(late), timeoutMs);
  try {
    const answer = transport.unary(method, asking.signal, timeoutMs, header, input, contextValues);
    const { message } = await Promise.race([answer, ended.promise]);
    return { end: { tag: "answer", message }, ms: performance.now() - startedAt };
  } catch (error) {
    return { end: { tag: "error", error: ConnectError.from(error) }, ms: performance.now() - startedAt };
  } finally {
    clearTimeout(timer);
    closing.removeEventListener("abort", close);
  }
}

export function callEnd({ end, ms }: TimedEnd<DescMessage>): CallEnd {
  const error = end.tag === "error" ? end.error : undefined;
  return { code: statusCodeOf(error), outcome: outcomeOf(error), ms };
}

/** What comes within `ms`; undefined for what does not. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
