import type { BalancerPolicy } from "@banyan/balancer";
import {
  AdaptiveThrottle,
  deadlineOf,
  InstanceRests,
  LatencyTracker,
  remainingMs,
  RetryBudget,
} from "@banyan/resilience";
import { currentCall, previousAttemptsHeader, type CallContext, type Logger, type Metrics } from "@banyan/telemetry";
import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, createContextKey, type Transport } from "@connectrpc/connect";
import { clientFamilies, countingObserver } from "./call-observer.ts";
import { namedTls, secureContextOf } from "./client-tls.ts";
import type { Discovery } from "./discovery.ts";
import { Fleet } from "./fleet.ts";
import { defaultDeadlineMs, type Http2TransportOptions } from "./transport-options.ts";
import type { ServiceCalls } from "./call-plan.ts";
import { CallPolicy, type PolicySource } from "./call-policy.ts";
import { singleMessage, streamedMessages } from "./request-messages.ts";
import { openStream } from "./stream-call.ts";
import { timedAnswer, timedStream } from "./timed-call.ts";
import { UnaryCall } from "./unary-call.ts";

export interface BalancedTransportOptions extends Http2TransportOptions {
  /** The service that is called, as in `user`; errors name it. */
  readonly name: string;
  /** Told when instances join, leave and are ejected, when a call is tried again, and when a policy is refused. */
  readonly log?: Logger;
  /** Counts calls, attempts, and what was not sent; tells of the instances. Default: nobody does. */
  readonly metrics?: Metrics;
  /** The own zone, whose instances are preferred while they can take it; by default none is. */
  readonly zone?: string | undefined;
  /** How instances are chosen, where it is not as the defaults of @banyan/balancer have it. */
  readonly balancing?: BalancerPolicy;
  /**
   * Deadlines, retries and hedging by service and method: JSON in the words of gRPC's service config, as
   * `parsePolicy` of @banyan/resilience takes it. Default: its `defaultPolicy`.
   */
  readonly policy?: unknown;
  /**
   * Further policies, each in the place of the one before, and of `policy`: what `registry.watchConfig(name)` returns. One
   * that cannot be read is a warning, and the last good one goes on. Disposed together with the transport.
   */
  readonly config?: PolicySource;
  /** Asks each instance for its health by grpc.health.v1 this often, in milliseconds in [100, 600000]. Default: never. */
  readonly healthCheckMs?: number;
}

/** What a request is about, in the context values of a call: with the strategy `rendezvous` its calls go to one instance. */
export const requestKey = createContextKey<string | undefined>(undefined, { description: "key of the request" });

/** How long a stream without a deadline waits for an instance while none is known, where deadlines are off. */
const streamWaitMs = defaultDeadlineMs;

/**
 * Calls the live instances of a service over one kept connection each: the one that is likely to answer first, and another
 * one when that fails and the method allows it.
 *
 * **Deadline.** A unary call has the caller's `timeoutMs`, else that of the policy, else `deadlineMs`; 0 stands for none. A
 * call that is made while one is being worked on ends with that one: when its caller has given up, and a little before
 * its deadline. What is over before it is sent is DEADLINE_EXCEEDED.
 *
 * **Another attempt** is made at once, on an instance that has not been tried, when it is certain that the one before was
 * not worked on (`isNotProcessed`); else as the policy says, within its budget: by default up to three in all, after
 * UNAVAILABLE, of methods that declare an `idempotency_level`. A method without side effects that is slow is asked of a
 * second instance as well. A stream moves only while it was not worked on, until its first answer, and, when the caller
 * streams its request, until the HTTP/2 stream is open.
 *
 * **Overload.** An instance that answers RESOURCE_EXHAUSTED with google.rpc.RetryInfo is left alone for that long; when most
 * calls are turned away, some are not sent at all, and are RESOURCE_EXHAUSTED here.
 *
 * While no instance is known a call waits for one: until its deadline, streams without one for `deadlineMs`; then it is
 * UNAVAILABLE and names the service.
 *
 * @param discovery who the instances are; disposed together with the transport
 * @throws {PolicyError} when the policy is malformed
 * @throws {RangeError} when the balancing is out of bounds
 * @throws {TypeError} naming the option of TLS that is not what it is to be
 */
export function balancedTransport(
  discovery: Discovery,
  options: BalancedTransportOptions,
): Transport & AsyncDisposable {
  const { deadlineMs = defaultDeadlineMs, name, log, config, metrics } = options;
  const tls = options.tls && namedTls(options.tls, name);
  // An instance whose address cannot be dialled is passed over: what is wrong with all of them is to be told here.
  if (tls !== undefined) secureContextOf(tls);
  const balancing = { ...(options.zone !== undefined && { zone: options.zone }), ...options.balancing };
  const observer = metrics && countingObserver(metrics, name);
  const fleet = new Fleet(discovery, { ...options, tls, balancing, observer });
  const budget = new RetryBudget();
  const policy = new CallPolicy({ ...options, balancing, deadlineMs, fleet, budget });
  const throttle = new AdaptiveThrottle();
  const calls: ServiceCalls = { name, fleet, budget, throttle, rests: new InstanceRests(), log, observer };
  const unobserve = metrics?.observe(
    ...clientFamilies(name, {
      budgetTokens: () => budget.tokens,
      rejection: () => throttle.rejection(performance.now()),
      instances: () => fleet.status().map(({ id, ...status }) => ({ ...status, id: id.split(" ", 1)[0] ?? id })),
    }),
  );
  const waitMs = deadlineMs > 0 ? deadlineMs : streamWaitMs;
  const latencies = new Map<DescMethod, LatencyTracker>();

  const latencyOf = (method: DescMethod): LatencyTracker => {
    const known = latencies.get(method);
    if (known !== undefined) return known;
    const latency = new LatencyTracker();
    latencies.set(method, latency);
    return latency;
  };

  return {
    unary(method, signal, timeoutMs, header, input, contextValues) {
      const call = currentCall();
      const methodPolicy = policy.of(method);
      const unary = new UnaryCall(calls, {
        policy: methodPolicy,
        latency: latencyOf(method),
        idempotency: method.idempotency,
        previousAttempts: call?.previousAttempts ?? 0,
        deadline: deadlineOf(performance.now(), timeoutMs, methodPolicy, call?.deadline),
        waitMs,
        signal: jointSignal(signal, call),
        key: contextValues?.get(requestKey),
        attempt: ({ transport }, attempt) =>
          transport.unary(
            method,
            attempt.signal,
            attempt.timeoutMs ?? 0,
            withAttempts(header, attempt.previousAttempts),
            input,
            contextValues,
          ),
      });
      return timedAnswer(metrics, method, () => unary.answer());
    },

    async stream(method, signal, timeoutMs, header, input, contextValues) {
      const call = currentCall();
      const deadline = deadlineOf(performance.now(), timeoutMs ?? 0, policy.of(method), call?.deadline);
      const ended = jointSignal(signal, call);
      const messages = method.methodKind === "server_streaming" ? await singleMessage(input) : streamedMessages(input);
      try {
        const open = () =>
          openStream(calls, {
            deadline,
            waitMs,
            signal: ended,
            key: contextValues?.get(requestKey),
            movable: () => messages.complete,
            attempt: ({ transport }) => {
              const leftMs = remainingMs(deadline, performance.now());
              if (leftMs <= 0) throw new ConnectError("the operation timed out", Code.DeadlineExceeded);
              const sent = withAttempts(header, call?.previousAttempts ?? 0);
              const bound = leftMs === Infinity ? undefined : leftMs;
              return transport.stream(method, ended, bound, sent, messages.forAttempt(), contextValues);
            },
          });
        return await timedStream(metrics, method, ended, open);
      } catch (error) {
        await messages.release();
        throw error;
      }
    },

    async [Symbol.asyncDispose]() {
      policy[Symbol.dispose]();
      unobserve?.();
      await Promise.all([fleet[Symbol.asyncDispose](), config?.[Symbol.asyncDispose]()]);
    },
  };
}

/** Aborted with either of them. */
function jointSignal(signal: AbortSignal | undefined, call: CallContext | undefined): AbortSignal | undefined {
  if (signal === undefined || call?.signal === undefined) return signal ?? call?.signal;
  return AbortSignal.any([signal, call.signal]);
}

type HeaderFields = Parameters<Transport["unary"]>[3];

function withAttempts(header: HeaderFields, previousAttempts: number): HeaderFields {
  if (previousAttempts === 0) return header;
  const headers = new Headers(header);
  headers.set(previousAttemptsHeader, String(previousAttempts));
  return headers;
}
