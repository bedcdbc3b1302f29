import type {
  DescMessage,
  DescMethod,
  DescMethodStreaming,
  DescMethodUnary,
  DescService,
  MessageShape,
} from "@bufbuild/protobuf";
import type {
  ContextValues,
  HandlerContext,
  StreamRequest,
  StreamResponse,
  UnaryRequest,
  UnaryResponse,
} from "@connectrpc/connect";
import type { Invocation } from "./invocation.ts";

type Message = MessageShape<DescMessage>;

/** Who makes the signal of an object when somebody asks for it. */
const signalOf: unique symbol = Symbol("whose signal");

/**
 * An own property, so that a copy (`{ ...request }`) has it; described once for all objects, so that all are of one shape. Who
 * sets it has an ordinary property from then on.
 */
const lazySignal: PropertyDescriptor & ThisType<{ readonly [signalOf]: { readonly signal: AbortSignal } }> = {
  enumerable: true,
  configurable: true,
  get() {
    return this[signalOf].signal;
  },
  set(value: AbortSignal) {
    Object.defineProperty(this, "signal", { value, enumerable: true, configurable: true, writable: true });
  },
};

/** What interceptors see of any call. */
abstract class CallRequest {
  readonly service: DescService;
  readonly requestMethod: string;
  readonly url: string;
  readonly header: Headers;
  readonly contextValues: ContextValues;
  readonly [signalOf]: Invocation;
  declare readonly signal: AbortSignal;

  constructor(made: Invocation) {
    this.service = made.method.parent;
    this.requestMethod = "POST";
    this.url = made.url;
    this.header = made.requestHeader;
    this.contextValues = made.values;
    this[signalOf] = made;
    Object.defineProperty(this, "signal", lazySignal);
  }
}

/** What interceptors see of a unary call. */
export class UnaryCallRequest extends CallRequest implements UnaryRequest {
  readonly stream = false;
  readonly method: DescMethodUnary;
  readonly message: Message;

  constructor(made: Invocation<DescMethodUnary>, message: Message) {
    super(made);
    this.method = made.method;
    this.message = message;
  }
}

/** What interceptors see of a call that streams. */
export class StreamCallRequest extends CallRequest implements StreamRequest {
  readonly stream = true;
  readonly method: DescMethodStreaming;
  readonly message: AsyncIterable<Message>;

  constructor(made: Invocation<DescMethodStreaming>, message: AsyncIterable<Message>) {
    super(made);
    this.method = made.method;
    this.message = message;
  }
}

/** What interceptors see of any answer. */
abstract class CallResponse {
  readonly service: DescService;
  readonly header: Headers;
  readonly trailer: Headers;

  constructor(made: Invocation) {
    this.service = made.method.parent;
    this.header = made.responseHeader;
    this.trailer = made.responseTrailer;
  }
}

/** What interceptors see of the answer to a unary call. */
export class UnaryCallResponse extends CallResponse implements UnaryResponse {
  readonly stream = false;
  readonly method: DescMethodUnary;
  readonly message: Message;

  constructor(made: Invocation<DescMethodUnary>, message: Message) {
    super(made);
    this.method = made.method;
    this.message = message;
  }
}

/** What interceptors see of the answer to a call that streams. */
export class StreamCallResponse extends CallResponse implements StreamResponse {
  readonly stream = true;
  readonly method: DescMethodStreaming;
  readonly message: AsyncIterable<Message>;

  constructor(made: Invocation<DescMethodStreaming>, message: AsyncIterable<Message>) {
    super(made);
    this.method = made.method;
    this.message = message;
  }
}

/** What the implementation of a method sees of a call; interceptors may have changed the request. */
export class CallContext implements HandlerContext {
  readonly service: DescService;
  readonly method: DescMethod;
  readonly requestMethod: string;
  readonly url: string;
  readonly protocolName: string;
  readonly requestHeader: Headers;
  readonly responseHeader: Headers;
  readonly responseTrailer: Headers;
  readonly values: ContextValues;
  readonly timeoutMs: () => number | undefined;
  readonly [signalOf]: { readonly signal: AbortSignal };
  declare readonly signal: AbortSignal;

  constructor(made: Invocation, request: UnaryRequest | StreamRequest) {
    this.service = request.service;
    this.method = made.method;
    this.requestMethod = "POST";
    this.url = made.url;
    this.protocolName = made.protocol;
    this.requestHeader = request.header;
    this.responseHeader = made.responseHeader;
    this.responseTrailer = made.responseTrailer;
    this.values = request.contextValues;
    this.timeoutMs = () => made.remainingMs;
    this[signalOf] = request;
    Object.defineProperty(this, "signal", lazySignal);
  }
}
