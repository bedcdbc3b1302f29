import type { ChannelOptions } from "@grpc/grpc-js";

/** Bound of one attempt of a call, in milliseconds. */
export const attemptTimeoutMs = 2000;

/** Settings of the connections. By default one whose other end has gone silent is never noticed. */
export const channelOptions: ChannelOptions = {
  "grpc.keepalive_time_ms": 10_000,
  "grpc.keepalive_timeout_ms": 3000,
  "grpc.keepalive_permit_without_calls": 1,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1000,
  // A list comes in one message, and the default of 4 MB would let a few large foreign values hide everybody.
  "grpc.max_receive_message_length": 64 * 1024 * 1024,
};
