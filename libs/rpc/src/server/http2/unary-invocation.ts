import { create, type DescMessage, type DescMethodUnary, type MessageShape } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  type ContextValues,
  type Interceptor,
  type UnaryRequest,
  type UnaryResponse,
} from "@connectrpc/connect";
import { FieldHeaders } from "../../wire/field-headers.ts";
import { callOver, longestTimerMs } from "./call-over.ts";
import type { TakenCall } from "./call-routes.ts";
import { CallContext, CallRequest, CallResponse } from "./unary-objects.ts";
import type { UnaryPlan } from "./unary-plan.ts";

type Message = MessageShape<DescMessage>;
type AnyFn = ReturnType<Interceptor>;

/**
 * One call of the implementation of a unary method, through its interceptors.
 *
 * The signal and the deadline's timer are made when somebody asks for them: nobody else could see a difference. Headers are
 * the fields as they came.
 */
export class UnaryInvocation {
  readonly url: string;
  readonly values: ContextValues;
  readonly requestHeader: FieldHeaders;
  readonly responseHeader: FieldHeaders;
  readonly responseTrailer: FieldHeaders;
  readonly #plan: UnaryPlan;
  readonly #startedAt: number;
  #controller: AbortController | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #over: { readonly reason: unknown } | undefined;

  /** @param startedAt when the request began, by `Date.now()` */
  constructor(plan: UnaryPlan, { route, values }: TakenCall, startedAt: number) {
    this.#plan = plan;
    this.url = route.url;
    this.values = values;
    this.requestHeader = new FieldHeaders(route.fields);
    this.responseHeader = new FieldHeaders(plan.answerFields);
    this.responseTrailer = new FieldHeaders(plan.trailerFields);
    this.#startedAt = startedAt;
  }

  get method(): DescMethodUnary {
    return this.#plan.method.spec.method;
  }

  get protocol(): string {
    return this.#plan.protocol;
  }

  /** How long the caller will still wait, in milliseconds; negative when it does not any more. */
  get remainingMs(): number | undefined {
    const { timeoutMs } = this.#plan;
    return timeoutMs === undefined ? undefined : this.#startedAt + timeoutMs - Date.now();
  }

  /** Aborted at the deadline, when the caller gives up, and when the call is over. */
  get signal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    const controller = (this.#controller = new AbortController());
    if (this.#over !== undefined) controller.abort(this.#over.reason);
    else this.#watchDeadline(controller);
    return controller.signal;
  }

  /** The answer, or why there is none. */
  run(message: Message): Message | Promise<Message> {
    const { interceptors } = this.#plan.method.options;
    const request = new CallRequest(this, message);
    if (interceptors.length === 0) return this.#implement(request);
    let next: AnyFn = async (passed) => {
      const implemented = this.#implement(passed);
      return new CallResponse(this, implemented instanceof Promise ? await implemented : implemented);
    };
    for (let at = interceptors.length - 1; at >= 0; at--) next = interceptors[at]?.(next) ?? next;
    return next(request).then((response) => this.#accept(response));
  }

  /** The call is over: answered, given up, or failed. Only the first reason counts. */
  end(reason: unknown = callOver): void {
    if (this.#over !== undefined) return;
    this.#over = { reason };
    clearTimeout(this.#deadline);
    if (this.#controller?.signal.aborted === false) this.#controller.abort(reason);
  }

  #implement(request: UnaryRequest | Parameters<AnyFn>[0]): Message | Promise<Message> {
    if (request.stream) throw new ConnectError("an interceptor made a stream of a unary call", Code.Internal);
    const { spec } = this.#plan.method;
    const answer = spec.impl(request.message, new CallContext(this, request));
    const { output } = spec.method;
    if (!isThenable(answer)) return create(output, answer);
    return Promise.resolve(answer).then((made) => create(output, made));
  }

  /** Interceptors may answer with headers of their own making. */
  #accept(response: UnaryResponse | Awaited<ReturnType<AnyFn>>): Message {
    if (response.stream) throw new ConnectError("an interceptor made a stream of a unary answer", Code.Internal);
    replaceFields(this.responseHeader, response.header);
    replaceFields(this.responseTrailer, response.trailer);
    return response.message;
  }

  #watchDeadline(controller: AbortController): void {
    const leftMs = this.remainingMs;
    if (leftMs === undefined) return;
    const abort = (): void => controller.abort(new ConnectError("the operation timed out", Code.DeadlineExceeded));
    if (leftMs <= 0) abort();
    else this.#deadline = setTimeout(abort, Math.min(leftMs, longestTimerMs));
  }
}

function isThenable<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function replaceFields(into: Headers, from: Headers): void {
  if (into === from) return;
  for (const name of Array.from(into.keys())) into.delete(name);
  for (const [name, value] of from) into.set(name, value);
}
