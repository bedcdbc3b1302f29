import {
  create,
  isMessage,
  type DescMessage,
  type DescMethodStreaming,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor, type StreamRequest, type StreamResponse } from "@connectrpc/connect";
import { CallContext, StreamCallRequest, StreamCallResponse } from "./call-objects.ts";
import type { StreamPlan } from "./call-plan.ts";
import type { TakenCall } from "./call-routes.ts";
import { Invocation, replaceFields } from "./invocation.ts";

type Message = MessageShape<DescMessage>;
type Init = MessageInitShape<DescMessage>;
type AnyFn = ReturnType<Interceptor>;

/** One call of the implementation of a method that streams, through its interceptors. */
export class StreamInvocation extends Invocation<DescMethodStreaming> {
  readonly #plan: StreamPlan;
  /** What the interceptors have made of the answer; undefined where there are none. */
  #response: StreamResponse | undefined;

  /** @param startedAt when the request began, by `Date.now()` */
  constructor(plan: StreamPlan, call: TakenCall, startedAt: number) {
    super(plan.implementation.spec.method, plan, call, startedAt);
    this.#plan = plan;
  }

  /** Calls the implementation. @returns what it answers, each to be made whole by `whole` */
  async begin(messages: AsyncIterable<Message>): Promise<AsyncIterator<Init>> {
    const { interceptors } = this.#plan.implementation.options;
    const request = new StreamCallRequest(this, messages);
    if (interceptors.length === 0) return (await this.#implement(request))[Symbol.asyncIterator]();
    const { output } = this.method;
    const answer = (made: AsyncIterable<Init>): StreamResponse =>
      new StreamCallResponse(this, { [Symbol.asyncIterator]: () => wholeMessages(output, made) });
    let next: AnyFn = (passed) => {
      const made = this.#implement(passed);
      return made instanceof Promise ? made.then(answer) : Promise.resolve(answer(made));
    };
    for (let at = interceptors.length - 1; at >= 0; at--) next = interceptors[at]?.(next) ?? next;
    const response = await next(request);
    if (!response.stream) throw new ConnectError("an interceptor made a unary answer of a stream", Code.Internal);
    this.#response = response;
    replaceFields(this.responseHeader, response.header);
    return response.message[Symbol.asyncIterator]();
  }

  /** The message with all of its fields; interceptors have seen it so. */
  whole(message: Init): Message {
    if (this.#response !== undefined && isMessage(message)) return message;
    return create(this.method.output, message);
  }

  /** All messages of the answer have been read: what the interceptors say now of its trailers counts. */
  finish(): void {
    if (this.#response !== undefined) replaceFields(this.responseTrailer, this.#response.trailer);
    this.end();
  }

  #implement(request: StreamRequest | Parameters<AnyFn>[0]): AsyncIterable<Init> | Promise<AsyncIterable<Init>> {
    if (!request.stream) throw new ConnectError("an interceptor made a unary call of a stream", Code.Internal);
    const { spec } = this.#plan.implementation;
    switch (spec.kind) {
      case "bidi_streaming":
        return spec.impl(request.message, new CallContext(this, request));
      case "server_streaming":
        return onlyMessage(request.message).then((message) => spec.impl(message, new CallContext(this, request)));
      case "client_streaming":
        return (async () => once(await spec.impl(request.message, new CallContext(this, request))))();
      default:
        return spec satisfies never;
    }
  }
}

/** The message of a request that has one. @throws {ConnectError} UNIMPLEMENTED when it has none, or more */
async function onlyMessage(messages: AsyncIterable<Message>): Promise<Message> {
  const source = messages[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done === true) {
    throw new ConnectError("protocol error: missing input message for server-streaming method", Code.Unimplemented);
  }
  const second = await source.next();
  if (second.done !== true) {
    throw new ConnectError(
      "protocol error: received extra input message for server-streaming method",
      Code.Unimplemented,
    );
  }
  return first.value;
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}

/** Messages with all of their fields, by the methods that their source has. */
function wholeMessages(desc: DescMessage, inits: AsyncIterable<Init>): AsyncIterator<Message> {
  const source = inits[Symbol.asyncIterator]();
  const whole = (result: IteratorResult<Init, unknown>): IteratorResult<Message, unknown> =>
    result.done === true ? result : { done: false, value: create(desc, result.value) };
  const messages: AsyncIterator<Message> = { next: () => source.next().then(whole) };
  const [fail, end] = [source.throw?.bind(source), source.return?.bind(source)];
  if (fail !== undefined) messages.throw = (reason: unknown) => fail(reason).then(whole);
  if (end !== undefined) messages.return = () => end().then(whole);
  return messages;
}
