import type { Logger } from "@banyan/telemetry";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { countdown } from "../countdown.ts";
import type { Discovery } from "./discovery.ts";
import { Fleet, type Member } from "./fleet.ts";
import { defaultDeadlineMs, type Http2TransportOptions } from "./http2-transport.ts";
import { isNotProcessed } from "./not-processed-error.ts";
import { singleMessage, streamedMessages } from "./request-messages.ts";

export interface BalancedTransportOptions extends Http2TransportOptions {
  /** The service that is called, as in `user`; errors name it. */
  readonly name: string;
  /** Told when instances join and leave, and when a call goes to another one. */
  readonly log?: Logger;
}

interface Moves {
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Whether another instance would get the whole request. */
  readonly movable: () => boolean;
}

/**
 * Calls the live instances of a service in turn, over one kept connection each.
 *
 * A call goes to another instance, to each at most once and within its deadline, when it is certain that the one before
 * has not worked on it: the connection could not be opened, or the stream was refused. In no other case is a call made
 * twice. A stream can move only until its first answer, and, when the caller streams its request, until the HTTP/2 stream
 * is open.
 *
 * While no instance is known a call waits for one: until its deadline, streams without one for `deadlineMs`; then it is
 * UNAVAILABLE and names the service.
 *
 * The deadline of a unary call covers all of this. It is the caller's `timeoutMs`, else `deadlineMs`; 0 stands for none.
 *
 * @param discovery who the instances are; disposed together with the transport
 */
export function balancedTransport(
  discovery: Discovery,
  options: BalancedTransportOptions,
): Transport & AsyncDisposable {
  const { deadlineMs = defaultDeadlineMs, name, log } = options;
  const fleet = new Fleet(discovery, options);

  /** Makes a call on one instance after the other until one may have worked on it, or none is left. */
  async function attempt<T>(
    { timeoutMs, signal, movable }: Moves,
    call: (member: Member, leftMs: number | undefined) => Promise<T>,
  ): Promise<T> {
    const left = countdown(timeoutMs);
    const tried = new Set<string>();
    let member = await fleet.next(left() ?? (deadlineMs > 0 ? deadlineMs : defaultDeadlineMs), signal);
    for (;;) {
      const leftMs = left();
      if (leftMs !== undefined && leftMs <= 0) throw new ConnectError("the operation timed out", Code.DeadlineExceeded);
      try {
        return await call(member, leftMs);
      } catch (error) {
        tried.add(member.instance.id);
        const other = isNotProcessed(error) && movable() ? fleet.pick(tried) : undefined;
        if (other === undefined) throw error;
        log?.debug({ callee: name, from: member.instance.address, to: other.instance.address, error }, "call moved");
        member = other;
      }
    }
  }

  return {
    unary: (method, signal, timeoutMs = deadlineMs, header, input, contextValues) =>
      attempt({ timeoutMs, signal, movable: () => true }, ({ transport }, leftMs) =>
        transport.unary(method, signal, leftMs ?? 0, header, input, contextValues),
      ),
    async stream(method, signal, timeoutMs, header, input, contextValues) {
      const messages = method.methodKind === "server_streaming" ? await singleMessage(input) : streamedMessages(input);
      try {
        return await attempt({ timeoutMs, signal, movable: () => messages.complete }, ({ transport }, leftMs) =>
          transport.stream(method, signal, leftMs, header, messages.forAttempt(), contextValues),
        );
      } catch (error) {
        await messages.release();
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose](),
  };
}
