import { AsyncLocalStorage } from "node:async_hooks";
import { ROOT_CONTEXT, trace, type Context, type ContextManager, type SpanContext } from "@opentelemetry/api";

/** What every piece of work done for one call may ask about it, without anyone passing it on. */
export interface CallContext {
  /**
   * The correlation id: 1 to 128 of `A-Z a-z 0-9 . _ -`. The same on every hop of a call, and on every log line written
   * for it.
   */
  readonly requestId: string;
  /** Where the call stands in its trace: the id of the trace, and the span that is this call here. */
  readonly trace?: SpanContext;
  /** When the caller stops waiting, by `performance.now()`; none for a caller that waits for ever. */
  readonly deadline?: number;
  /** Aborted when the call is over: answered, given up by its caller, or beyond its deadline. */
  readonly signal?: AbortSignal;
  /** How often somebody up the chain had tried before this attempt; default 0. Work for such a call is not tried again. */
  readonly previousAttempts?: number;
}

/** A call, and OpenTelemetry's context in it: the one storage has both, so that neither can be where the other is not. */
export interface CallScope {
  readonly call: CallContext | undefined;
  readonly context: Context;
  /** The span that `context` has; a scope may know it without having made a context. */
  readonly spanContext: SpanContext | undefined;
}

const storage = new AsyncLocalStorage<CallScope>();

/** The call that is being worked on here; undefined outside of one (at start, in a timer). */
export function currentCall(): CallContext | undefined {
  return storage.getStore()?.call;
}

/** Runs `work`, and all that it starts, as part of a call. */
export function runCall<T>(call: CallContext, work: () => T): T {
  return runScope(scopeIn(call, contextWith(call.trace)), work);
}

/** Runs `work(...args)`, and all that it starts, in a scope. */
export function runScope<T, Args extends unknown[]>(scope: CallScope, work: (...args: Args) => T, ...args: Args): T {
  return storage.run(scope, work, ...args);
}

/** A scope of a context that is there. */
export function scopeIn(call: CallContext | undefined, context: Context): CallScope {
  return { call, context, spanContext: trace.getSpanContext(context) };
}

/** A context that has this span and nothing else. */
export function contextWith(span: SpanContext | undefined): Context {
  return span === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, span);
}

/** OpenTelemetry's context here, whether or not anybody has registered a manager for it. */
export function activeContext(): Context {
  return storage.getStore()?.context ?? ROOT_CONTEXT;
}

/** The span that `activeContext()` has. */
export function activeSpanContext(): SpanContext | undefined {
  return storage.getStore()?.spanContext;
}

/** What OpenTelemetry's API asks for the active context: a span that is made active anywhere stays within its call. */
export const callContextManager: ContextManager = {
  active: activeContext,
  with: (context, work, thisArg, ...args) =>
    storage.run(scopeIn(currentCall(), context), () => work.call(thisArg, ...args)),
  bind(context, target) {
    if (typeof target !== "function") return target;
    const scope = scopeIn(currentCall(), context);
    return new Proxy(target, {
      apply: (work, self, args) => storage.run(scope, () => Reflect.apply(work, self, args)),
    });
  },
  enable() {
    return this;
  },
  disable() {
    return this;
  },
};
