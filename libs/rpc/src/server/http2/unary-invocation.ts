import { create, type DescMessage, type DescMethodUnary, type MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor, type UnaryRequest, type UnaryResponse } from "@connectrpc/connect";
import { CallContext, UnaryCallRequest, UnaryCallResponse } from "./call-objects.ts";
import type { UnaryPlan } from "./call-plan.ts";
import type { TakenCall } from "./call-routes.ts";
import { Invocation, replaceFields } from "./invocation.ts";

type Message = MessageShape<DescMessage>;
type AnyFn = ReturnType<Interceptor>;

/** One call of the implementation of a unary method, through its interceptors. */
export class UnaryInvocation extends Invocation<DescMethodUnary> {
  readonly #plan: UnaryPlan;

  /** @param startedAt when the request began, by `Date.now()` */
  constructor(plan: UnaryPlan, call: TakenCall, startedAt: number) {
    super(plan.implementation.spec.method, plan, call, startedAt);
    this.#plan = plan;
  }

  /** The answer, or why there is none. */
  run(message: Message): Message | Promise<Message> {
    const { interceptors } = this.#plan.implementation.options;
    const request = new UnaryCallRequest(this, message);
    if (interceptors.length === 0) return this.#implement(request);
    let next: AnyFn = async (passed) => {
      const implemented = this.#implement(passed);
      return new UnaryCallResponse(this, implemented instanceof Promise ? await implemented : implemented);
    };
    for (let at = interceptors.length - 1; at >= 0; at--) next = interceptors[at]?.(next) ?? next;
    return next(request).then((response) => this.#accept(response));
  }

  #implement(request: UnaryRequest | Parameters<AnyFn>[0]): Message | Promise<Message> {
    if (request.stream) throw new ConnectError("an interceptor made a stream of a unary call", Code.Internal);
    const { spec } = this.#plan.implementation;
    const answer = spec.impl(request.message, new CallContext(this, request));
    const { output } = spec.method;
    if (!isThenable(answer)) return create(output, answer);
    return Promise.resolve(answer).then((made) => create(output, made));
  }

  #accept(response: UnaryResponse | Awaited<ReturnType<AnyFn>>): Message {
    if (response.stream) throw new ConnectError("an interceptor made a stream of a unary answer", Code.Internal);
    replaceFields(this.responseHeader, response.header);
    replaceFields(this.responseTrailer, response.trailer);
    return response.message;
  }
}

function isThenable<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
