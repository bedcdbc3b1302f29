import type { DescMessage, DescMethodStreaming, MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type ContextValues, type StreamResponse, type Transport } from "@connectrpc/connect";
import type { TrafficRule } from "../rule/traffic-rule.ts";
import type { Side } from "../side.ts";
import type { HeaderFields } from "./headers.ts";
import type { NextSide } from "./next-side.ts";
import type { ReadPath } from "./read-path.ts";
import { hasTime, timeLeft } from "./time-left.ts";

/** A streaming call, as a transport is asked for it. */
export interface StreamCall<I extends DescMessage, O extends DescMessage> {
  readonly method: DescMethodStreaming<I, O>;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly header: HeaderFields;
  readonly input: AsyncIterable<MessageInitShape<I>>;
  readonly contextValues: ContextValues | undefined;
}

export interface StreamRoutes {
  readonly sides: Readonly<Record<Side, Transport>>;
  readonly reads: ReadPath;
}

/**
 * Opens a stream without side effects under a rule of the mode shadow or split. Where the request is a single message, the
 * other side may be asked until the first answer has come; a stream that the caller writes stays where it is, and is split
 * at random.
 */
export async function readStream<I extends DescMessage, O extends DescMessage>(
  { sides, reads }: StreamRoutes,
  rule: TrafficRule,
  call: StreamCall<I, O>,
): Promise<StreamResponse<I, O>> {
  const { method, signal, timeoutMs, header, contextValues } = call;
  const startedAt = performance.now();
  const messages = method.methodKind === "server_streaming" ? await Array.fromAsync(call.input) : undefined;
  const routed = reads.route(rule, method, header, messages?.[0]);

  const open = (side: Side): Promise<StreamResponse<I, O>> => {
    const input = messages === undefined ? call.input : replayed(messages);
    return sides[side].stream(method, signal, timeLeft(timeoutMs, startedAt), header, input, contextValues);
  };
  /** Tells how the first answer came, or why none did. @returns who is to be asked instead */
  const first = onceOnly((error: ConnectError | undefined): NextSide | undefined => {
    reads.ended(rule, method, routed, error, performance.now() - startedAt);
    const mayMove = error !== undefined && messages !== undefined && hasTime(timeoutMs, startedAt, signal);
    return mayMove ? reads.next(rule, method, routed, error) : undefined;
  });

  let response: StreamResponse<I, O>;
  try {
    response = await open(routed.side);
  } catch (error) {
    const next = first(ConnectError.from(error));
    if (next === undefined) throw error;
    const other = await open(next.side);
    return { ...other, message: noticed(other.message, () => reads.foundAfterAll(method, next)) };
  }
  return movable(response, { first, open, found: (next) => reads.foundAfterAll(method, next) });
}

interface Move<I extends DescMessage, O extends DescMessage> {
  readonly first: (error: ConnectError | undefined) => NextSide | undefined;
  readonly open: (side: Side) => Promise<StreamResponse<I, O>>;
  readonly found: (next: NextSide) => void;
}

/** A response whose messages come from another side, should the first one fail before its first message. */
function movable<I extends DescMessage, O extends DescMessage>(
  response: StreamResponse<I, O>,
  { first, open, found }: Move<I, O>,
): StreamResponse<I, O> {
  let current = response;
  async function* read() {
    let hasBegun = false;
    try {
      for await (const message of response.message) {
        if (!hasBegun) first(undefined);
        hasBegun = true;
        yield message;
      }
      first(undefined);
    } catch (error) {
      const next = hasBegun ? undefined : first(ConnectError.from(error));
      if (next === undefined) throw error;
      current = await open(next.side);
      yield* noticed(current.message, () => found(next));
    } finally {
      first(new ConnectError("the reader has left", Code.Canceled));
    }
  }
  return {
    ...response,
    message: read(),
    get trailer() {
      return current.trailer;
    },
  };
}

/** Messages of which the first one is told. */
async function* noticed<T>(messages: AsyncIterable<T>, onFirst: () => void): AsyncGenerator<T> {
  let isFirst = true;
  for await (const message of messages) {
    if (isFirst) onFirst();
    isFirst = false;
    yield message;
  }
}

function onceOnly<In, Out>(work: (input: In) => Out | undefined): (input: In) => Out | undefined {
  let isDone = false;
  return (input) => {
    if (isDone) return undefined;
    isDone = true;
    return work(input);
  };
}

async function* replayed<T>(messages: readonly T[]): AsyncGenerator<T> {
  yield* messages;
}
