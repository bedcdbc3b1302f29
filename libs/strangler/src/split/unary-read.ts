import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { ConnectError, type ContextValues, type Transport, type UnaryResponse } from "@connectrpc/connect";
import type { TrafficRule } from "../rule/traffic-rule.ts";
import type { Ended } from "../shadow/compare-outcomes.ts";
import type { Mirror } from "../shadow/mirror.ts";
import type { TimedEnd } from "../shadow/timed-ask.ts";
import type { Side } from "../side.ts";
import type { HeaderFields } from "./headers.ts";
import type { ReadPath } from "./read-path.ts";
import { hasTime, timeLeft } from "./time-left.ts";

/** A unary call, as a transport is asked for it. */
export interface UnaryCall<I extends DescMessage, O extends DescMessage> {
  readonly method: DescMethodUnary<I, O>;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly header: HeaderFields;
  readonly input: MessageInitShape<I>;
  readonly contextValues: ContextValues | undefined;
}

interface Asked<I extends DescMessage, O extends DescMessage> extends TimedEnd<O> {
  readonly end:
    | Extract<Ended<O>, { tag: "error" }>
    | { readonly tag: "answer"; readonly message: MessageShape<O>; readonly response: UnaryResponse<I, O> };
}

export interface Routes {
  readonly sides: Readonly<Record<Side, Transport>>;
  readonly reads: ReadPath;
  readonly mirror: Mirror;
}

/** Makes a unary read under a rule of the mode shadow or split. */
export async function readUnary<I extends DescMessage, O extends DescMessage>(
  { sides, reads, mirror }: Routes,
  rule: TrafficRule,
  call: UnaryCall<I, O>,
): Promise<UnaryResponse<I, O>> {
  const { method, signal, timeoutMs } = call;
  const startedAt = performance.now();
  const routed = reads.route(rule, method, call.header, call.input);
  const asking = ask(sides[routed.side], call, timeoutMs);
  if (!routed.isOverride && mirror.takes(rule.shadow, method.name)) mirror.begin(rule, call, routed.side, asking);
  const { end, ms } = await asking;
  const error = end.tag === "error" ? end.error : undefined;
  reads.ended(rule, method, routed, error, ms);
  if (end.tag === "answer") return end.response;

  const next = hasTime(timeoutMs, startedAt, signal) ? reads.next(rule, method, routed, end.error) : undefined;
  if (next === undefined) throw end.error;
  const other = await ask(sides[next.side], call, timeLeft(timeoutMs, startedAt));
  if (other.end.tag === "error") throw other.end.error;
  reads.foundAfterAll(method, next);
  return other.end.response;
}

/** Never rejects. */
async function ask<I extends DescMessage, O extends DescMessage>(
  transport: Transport,
  { method, signal, header, input, contextValues }: UnaryCall<I, O>,
  timeoutMs: number | undefined,
): Promise<Asked<I, O>> {
  const startedAt = performance.now();
  try {
    const response = await transport.unary(method, signal, timeoutMs, header, input, contextValues);
    const end = { tag: "answer", message: response.message, response } as const;
    return { end, ms: performance.now() - startedAt };
  } catch (error) {
    const end = { tag: "error", error: ConnectError.from(error) } as const;
    return { end, ms: performance.now() - startedAt };
  }
}
