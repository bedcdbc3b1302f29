import { ErrorCode, type ServerStream, type StreamEnd, type StreamListener } from "@banyan/http2";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { envelopeHeadBytes, singleMessage } from "../../wire/envelope.ts";
import { longestTimerMs, reasonOf } from "./call-over.ts";
import type { CallOwner } from "./call-owner.ts";
import type { TakenCall } from "./call-routes.ts";
import { UnaryAnswer } from "./unary-answer.ts";
import { UnaryInvocation } from "./unary-invocation.ts";
import type { UnaryPlan } from "./call-plan.ts";

/** What a connection does for its unary calls. */
export interface UnaryCallOwner extends CallOwner {
  /** Lets Connect's own handlers go on, with what has come of the body and has been given back. */
  bridge(call: TakenCall, stream: ServerStream, arrived: readonly Uint8Array[], isEnd: boolean): StreamListener;
}

/**
 * A unary call of gRPC or Connect without Connect's handlers: the request is collected, one message goes in, one comes out.
 *
 * Whatever is unusual about the request goes over the bridge, so that what is wrong with it is told in Connect's own words.
 */
export class UnaryCall implements StreamListener {
  readonly #stream: ServerStream;
  readonly #plan: UnaryPlan;
  readonly #call: TakenCall;
  readonly #owner: UnaryCallOwner;
  readonly #startedAt = Date.now();
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #lateness: NodeJS.Timeout | undefined;
  #invocation: UnaryInvocation | undefined;
  /** Who goes on with the call instead. */
  #bridge: StreamListener | undefined;

  constructor(stream: ServerStream, plan: UnaryPlan, call: TakenCall, owner: UnaryCallOwner) {
    this.#stream = stream;
    this.#plan = plan;
    this.#call = call;
    this.#owner = owner;
  }

  onData(bytes: Buffer, start: number, end: number, isEnd: boolean): void {
    if (this.#bridge !== undefined) return this.#bridge.onData(bytes, start, end, isEnd);
    this.#stream.consumed(end - start);
    if (this.#invocation !== undefined) return;
    const part = new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
    if (isEnd && this.#partBytes === 0) return this.#begin(part, [part]);
    this.#collect(part, isEnd);
  }

  onTrailers(): void {
    if (this.#bridge !== undefined) this.#bridge.onTrailers([]);
    else if (this.#invocation === undefined) this.#beginCollected();
  }

  onDrain(): void {
    this.#bridge?.onDrain();
  }

  onClosed(end: StreamEnd): void {
    if (this.#partBytes > 0 || this.#lateness !== undefined) this.#forget();
    this.#bridge?.onClosed(end);
    this.#invocation?.end(reasonOf(end));
  }

  /**
   * Called at the end of the turn in which the request began: one that is not whole by now has its time.
   *
   * @param requestTimeoutMs how long a request may take to arrive, 0 for ever; callers may wait less
   */
  watchArrival(requestTimeoutMs: number): void {
    if (this.#stream.isRemoteEnd || this.#bridge !== undefined || this.#invocation !== undefined) return;
    const boundMs = Math.min(this.#plan.timeoutMs ?? Infinity, requestTimeoutMs === 0 ? Infinity : requestTimeoutMs);
    if (boundMs === Infinity) return;
    this.#lateness = setTimeout(
      () => {
        this.#forget();
        this.#answer().fail(new ConnectError("the operation timed out", Code.DeadlineExceeded));
      },
      Math.min(boundMs, longestTimerMs),
    );
  }

  #collect(part: Uint8Array, isEnd: boolean): void {
    this.#parts.push(part);
    this.#partBytes += part.length;
    const isWithinBounds = this.#owner.keep(part.length);
    if (!isWithinBounds) this.#stream.reset(ErrorCode.ENHANCE_YOUR_CALM, "too much of requests that are not whole");
    else if (this.#partBytes > this.#plan.implementation.options.readMaxBytes + envelopeHeadBytes) {
      this.#goOver(this.#parts, isEnd);
    } else if (isEnd) this.#beginCollected();
  }

  #beginCollected(): void {
    const parts = this.#parts;
    this.#begin(Buffer.concat(parts, this.#partBytes), parts);
  }

  #begin(body: Uint8Array, parts: readonly Uint8Array[]): void {
    const message = this.#messageIn(body);
    if (message === undefined) return this.#goOver(parts, true);
    if (this.#partBytes > 0 || this.#lateness !== undefined) this.#forget();
    const answer = this.#answer();
    try {
      const made = this.#invocation?.run(message);
      if (made instanceof Promise) {
        made.then(
          (message) => answer.succeed(message),
          (error: unknown) => answer.fail(error),
        );
      } else if (made !== undefined) answer.succeed(made);
    } catch (error) {
      answer.fail(error);
    }
  }

  /** Undefined when the body is not one message that can be read. */
  #messageIn(body: Uint8Array): MessageShape<DescMessage> | undefined {
    const { protocol, implementation, isBinary } = this.#plan;
    const bytes = protocol === "grpc" ? singleMessage(body) : body;
    if (bytes === undefined || bytes.length > implementation.options.readMaxBytes) return undefined;
    try {
      return implementation.serialization.getI(isBinary).parse(bytes);
    } catch {
      return undefined;
    }
  }

  #answer(): UnaryAnswer {
    const plan = this.#plan;
    const invocation = new UnaryInvocation(plan, this.#call, this.#startedAt);
    this.#invocation = invocation;
    return new UnaryAnswer(this.#stream, plan, invocation, this.#owner.log);
  }

  #goOver(parts: readonly Uint8Array[], isEnd: boolean): void {
    this.#forget();
    this.#bridge = this.#owner.bridge(this.#call, this.#stream, parts, isEnd);
  }

  #forget(): void {
    clearTimeout(this.#lateness);
    this.#lateness = undefined;
    this.#owner.keep(-this.#partBytes);
    this.#parts = [];
    this.#partBytes = 0;
  }
}
