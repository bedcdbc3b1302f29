import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, type ContextValues } from "@connectrpc/connect";
import { FieldHeaders } from "../../wire/field-headers.ts";
import { callOver, longestTimerMs } from "./call-over.ts";
import type { CallPlan } from "./call-plan.ts";
import type { TakenCall } from "./call-routes.ts";

/**
 * What the implementation of a method and its interceptors share of one call.
 *
 * The signal and the deadline's timer are made when somebody asks for them: nobody else could see a difference. Headers are
 * the fields as they came.
 */
export abstract class Invocation<Method extends DescMethod = DescMethod> {
  readonly url: string;
  readonly values: ContextValues;
  readonly requestHeader: FieldHeaders;
  readonly responseHeader: FieldHeaders;
  readonly responseTrailer: FieldHeaders;
  readonly protocol: string;
  readonly method: Method;
  readonly #timeoutMs: number | undefined;
  readonly #startedAt: number;
  #controller: AbortController | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #isOver = false;
  /** Why; a field of its own, since an object for each call would be garbage that V8 puts into its old generation. */
  #reason: unknown;

  /** @param startedAt when the request began, by `Date.now()` */
  constructor(method: Method, plan: CallPlan, { route, values }: TakenCall, startedAt: number) {
    this.method = method;
    this.protocol = plan.protocol;
    this.url = route.url;
    this.values = values;
    this.requestHeader = new FieldHeaders(route.fields);
    this.responseHeader = new FieldHeaders(plan.answerFields);
    this.responseTrailer = new FieldHeaders(plan.trailerFields);
    this.#timeoutMs = plan.timeoutMs;
    this.#startedAt = startedAt;
  }

  /** How long the caller will still wait, in milliseconds; negative when it does not any more. */
  get remainingMs(): number | undefined {
    return this.#timeoutMs === undefined ? undefined : this.#startedAt + this.#timeoutMs - Date.now();
  }

  /** Aborted at the deadline, when the caller gives up, and when the call is over. */
  get signal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    const controller = (this.#controller = new AbortController());
    if (this.#isOver) controller.abort(this.#reason);
    else this.#watchDeadline(controller);
    return controller.signal;
  }

  /** The call is over: answered, given up, or failed. Only the first reason counts. */
  end(reason: unknown = callOver): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reason = reason;
    clearTimeout(this.#deadline);
    if (this.#controller?.signal.aborted === false) this.#controller.abort(reason);
  }

  #watchDeadline(controller: AbortController): void {
    const leftMs = this.remainingMs;
    if (leftMs === undefined) return;
    const abort = (): void => controller.abort(new ConnectError("the operation timed out", Code.DeadlineExceeded));
    if (leftMs <= 0) abort();
    else this.#deadline = setTimeout(abort, Math.min(leftMs, longestTimerMs));
  }
}

/** Interceptors may answer with headers of their own making. */
export function replaceFields(into: Headers, from: Headers): void {
  if (into === from) return;
  for (const name of Array.from(into.keys())) into.delete(name);
  for (const [name, value] of from) into.set(name, value);
}
