import type { Outcome, Picked } from "@banyan/balancer";
import { remainingMs } from "@banyan/resilience";
import { ConnectError, type StreamResponse } from "@connectrpc/connect";
import type { DescMessage } from "@bufbuild/protobuf";
import { outcomeOf } from "./call-outcome.ts";
import type { Member } from "./fleet.ts";
import { isNotProcessed } from "./not-processed-error.ts";
import type { ServiceCalls } from "./call-plan.ts";

export interface StreamPlan<Response> {
  /** By `performance.now()`; Infinity for none. */
  readonly deadline: number;
  /** How long to wait for an instance while none is known, in milliseconds. */
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
  readonly key: string | undefined;
  /** Whether another instance would get the whole request. */
  readonly movable: () => boolean;
  readonly attempt: (member: Member) => Promise<Response>;
}

/** Opens a stream on one instance after the other until one may have worked on it, or none is left. */
export async function openStream<I extends DescMessage, O extends DescMessage>(
  { fleet, name, log }: ServiceCalls,
  { deadline, waitMs, signal, key, movable, attempt }: StreamPlan<StreamResponse<I, O>>,
): Promise<StreamResponse<I, O>> {
  const request = key === undefined ? {} : { key };
  const exclude = new Set<string>();
  const firstMs = Math.min(remainingMs(deadline, performance.now()), waitMs);
  let picked = fleet.pick(request) ?? (await fleet.next(firstMs, signal, request));
  for (;;) {
    try {
      const response = await attempt(picked.instance);
      picked.answered();
      return { ...response, message: reported(response.message, picked) };
    } catch (error) {
      picked.done(signal?.aborted === true ? "neutral" : outcomeOf(ConnectError.from(error)));
      exclude.add(picked.instance.id);
      const other = isNotProcessed(error) && movable() ? fleet.pick({ ...request, exclude }) : undefined;
      if (other === undefined) throw error;
      const [from, to] = [picked, other].map(({ instance }) => instance.instance.address);
      log?.debug({ callee: name, from, to, error }, "stream moved");
      picked = other;
    }
  }
}

/** Messages whose end tells the balancer what became of the stream. */
function reported<T>(messages: AsyncIterable<T>, picked: Picked<Member>): AsyncIterable<T> {
  const done = (outcome: Outcome): void => picked.done(outcome);
  return {
    [Symbol.asyncIterator]() {
      const source = messages[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            const result = await source.next();
            if (result.done === true) done("success");
            return result;
          } catch (error) {
            done(outcomeOf(ConnectError.from(error)));
            throw error;
          }
        },
        async return() {
          done("neutral");
          await source.return?.();
          return { done: true as const, value: undefined };
        },
      };
    },
  };
}
