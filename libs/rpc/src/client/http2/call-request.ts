import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodStreaming,
  type DescMethodUnary,
  type DescService,
  type Message,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import type { ContextValues, StreamRequest, UnaryRequest } from "@connectrpc/connect";

/** The messages of a stream as its caller gives them: in parts, if he likes. */
export type GivenMessages = AsyncIterable<MessageInitShape<DescMessage>>;

/** What a request needs of its call: a signal, which is made when somebody asks for it. */
interface Signalled {
  readonly signal: AbortSignal;
}

interface Called<Method extends DescMethod> {
  readonly method: Method;
  readonly url: string;
}

/** What interceptors see of any call. */
abstract class CallRequest<Method extends DescMethod, Given> {
  readonly requestMethod = "POST";
  readonly service: DescService;
  readonly method: Method;
  readonly url: string;
  readonly header: Headers;
  readonly contextValues: ContextValues;
  /** What the caller sends. */
  readonly given: Given;
  readonly #call: Signalled;

  constructor(
    { method, url }: Called<Method>,
    header: Headers,
    given: Given,
    contextValues: ContextValues,
    call: Signalled,
  ) {
    this.service = method.parent;
    this.method = method;
    this.url = url;
    this.header = header;
    this.contextValues = contextValues;
    this.given = given;
    this.#call = call;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }
}

/** What interceptors see of a unary call. */
export class UnaryCallRequest extends CallRequest<DescMethodUnary, Message> implements UnaryRequest {
  readonly stream = false;

  get message(): Message {
    return this.given;
  }

  /** All of it as properties of its own, as an interceptor needs them that makes another request of it by a spread. */
  made(): UnaryRequest {
    const { stream, requestMethod, service, method, url, header, contextValues, message, signal } = this;
    return { stream, requestMethod, service, method, url, header, contextValues, message, signal };
  }
}

/** What interceptors see of a call that streams; its whole messages are made when somebody asks for them. */
export class StreamCallRequest extends CallRequest<DescMethodStreaming, GivenMessages> implements StreamRequest {
  readonly stream = true;

  get message(): AsyncIterable<Message> {
    return wholeMessages(this.method.input, this.given);
  }

  /** As that of a unary call. */
  made(): StreamRequest {
    const { stream, requestMethod, service, method, url, header, contextValues, message, signal } = this;
    return { stream, requestMethod, service, method, url, header, contextValues, message, signal };
  }
}

function wholeMessages(desc: DescMessage, given: GivenMessages): AsyncIterable<Message> {
  const whole = (result: IteratorResult<MessageInitShape<DescMessage>>): IteratorResult<Message> =>
    result.done === true ? result : { done: false, value: create(desc, result.value) };
  return {
    [Symbol.asyncIterator]() {
      const source = given[Symbol.asyncIterator]();
      const [toThrow, toReturn] = [source.throw?.bind(source), source.return?.bind(source)];
      return {
        next: async () => whole(await source.next()),
        ...(toThrow && { throw: async (error: unknown) => whole(await toThrow(error)) }),
        ...(toReturn && { return: async (value?: unknown) => whole(await toReturn(value)) }),
      };
    },
  };
}
