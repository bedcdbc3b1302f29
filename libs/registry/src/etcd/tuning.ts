import { ExponentialBackoff, handleWhen, noop, retry } from "cockatiel";
import { isRecoverableError, type IOptions } from "etcd3";

/** Bound of one attempt of a call, in milliseconds; there are 3 at most, on different members where there are several. */
const attemptTimeoutMs = 2000;

/** Tries twice more, on a member that is drawn anew: one of several that is down is no outage. */
export const onAnyMember = retry(handleWhen(isRecoverableError), {
  maxAttempts: 2,
  backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 300 }),
});

/**
 * Settings of the etcd3 package's connection pool. Its defaults keep calls blocked for 5 seconds after a blip (one
 * circuit breaker per host), have no deadline, and never notice a peer that has gone silent.
 */
export function poolOptions(endpoints: readonly string[]): IOptions {
  return {
    hosts: [...endpoints],
    defaultCallOptions: ({ isStream }) => (isStream ? {} : { deadline: Date.now() + attemptTimeoutMs }),
    faultHandling: { host: () => noop, global: onAnyMember },
    grpcOptions: {
      "grpc.keepalive_time_ms": 10_000,
      "grpc.keepalive_timeout_ms": 3000,
      "grpc.keepalive_permit_without_calls": 1,
      "grpc.initial_reconnect_backoff_ms": 100,
      "grpc.max_reconnect_backoff_ms": 1000,
      // A list comes in one message, and the default of 4 MB would let a few large foreign values hide everybody.
      "grpc.max_receive_message_length": 64 * 1024 * 1024,
    },
  };
}
