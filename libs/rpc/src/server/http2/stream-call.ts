import { ErrorCode, type ServerStream, type StreamEnd, type StreamListener } from "@banyan/http2";
import { reasonOf } from "./call-over.ts";
import type { CallOwner } from "./call-owner.ts";
import type { StreamPlan } from "./call-plan.ts";
import type { TakenCall } from "./call-routes.ts";
import { RequestMessages } from "./request-messages.ts";
import { StreamAnswer } from "./stream-answer.ts";
import { StreamInvocation } from "./stream-invocation.ts";

/** A call of gRPC that streams, one way or both, without Connect's handlers. */
export class StreamCall implements StreamListener {
  readonly #requests: RequestMessages;
  readonly #invocation: StreamInvocation;
  readonly #answer: StreamAnswer;

  constructor(stream: ServerStream, plan: StreamPlan, call: TakenCall, owner: CallOwner) {
    const { serialization, options } = plan.implementation;
    this.#requests = new RequestMessages({
      parse: serialization.getI(plan.isBinary).parse,
      maxBytes: options.readMaxBytes,
      giveBack: (bytes) => stream.consumed(bytes),
      keep(bytes) {
        if (!owner.keep(bytes)) stream.reset(ErrorCode.ENHANCE_YOUR_CALM, "too much of messages that are not whole");
      },
    });
    this.#invocation = new StreamInvocation(plan, call, Date.now());
    this.#answer = new StreamAnswer(stream, plan, this.#invocation, owner.log);
  }

  /** Begins to work on it. @param isEnd whether the request has no body */
  start(isEnd: boolean): this {
    if (isEnd) this.#requests.end();
    void this.#answer.run(this.#requests);
    return this;
  }

  onData(bytes: Buffer, start: number, end: number, isEnd: boolean): void {
    this.#requests.push(bytes, start, end);
    if (isEnd) this.#requests.end();
  }

  onTrailers(): void {
    this.#requests.end();
  }

  onDrain(): void {
    this.#answer.resume();
  }

  onClosed(end: StreamEnd): void {
    const reason = reasonOf(end);
    this.#invocation.end(reason);
    this.#requests.fail(reason);
    this.#answer.close(reason);
  }
}
