import type { DescMessage, DescMethodUnary, DescService, MessageShape } from "@bufbuild/protobuf";
import type { ContextValues, HandlerContext, UnaryRequest, UnaryResponse } from "@connectrpc/connect";
import type { UnaryInvocation } from "./unary-invocation.ts";

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

/** What interceptors see of a unary call. */
export class CallRequest implements UnaryRequest {
  readonly stream: false;
  readonly service: DescService;
  readonly method: DescMethodUnary;
  readonly requestMethod: string;
  readonly url: string;
  readonly header: Headers;
  readonly message: MessageShape<DescMessage>;
  readonly contextValues: ContextValues;
  readonly [signalOf]: UnaryInvocation;
  declare readonly signal: AbortSignal;

  constructor(made: UnaryInvocation, message: MessageShape<DescMessage>) {
    this.stream = false;
    this.service = made.method.parent;
    this.method = made.method;
    this.requestMethod = "POST";
    this.url = made.url;
    this.header = made.requestHeader;
    this.message = message;
    this.contextValues = made.values;
    this[signalOf] = made;
    Object.defineProperty(this, "signal", lazySignal);
  }
}

/** What interceptors see of its answer. */
export class CallResponse implements UnaryResponse {
  readonly stream: false;
  readonly service: DescService;
  readonly method: DescMethodUnary;
  readonly header: Headers;
  readonly trailer: Headers;
  readonly message: MessageShape<DescMessage>;

  constructor(made: UnaryInvocation, message: MessageShape<DescMessage>) {
    this.stream = false;
    this.service = made.method.parent;
    this.method = made.method;
    this.header = made.responseHeader;
    this.trailer = made.responseTrailer;
    this.message = message;
  }
}

/** What the implementation of the method sees of it; interceptors may have changed the request. */
export class CallContext implements HandlerContext {
  readonly service: DescService;
  readonly method: DescMethodUnary;
  readonly requestMethod: string;
  readonly url: string;
  readonly protocolName: string;
  readonly requestHeader: Headers;
  readonly responseHeader: Headers;
  readonly responseTrailer: Headers;
  readonly values: ContextValues;
  readonly timeoutMs: () => number | undefined;
  readonly [signalOf]: UnaryRequest;
  declare readonly signal: AbortSignal;

  constructor(made: UnaryInvocation, request: UnaryRequest) {
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
