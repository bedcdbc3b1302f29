import { statusCodeOf, type Metrics } from "@banyan/telemetry";
import type { DescMessage, DescMethod } from "@bufbuild/protobuf";
import type { StreamResponse } from "@connectrpc/connect";
import { tellEnd } from "./stream-end.ts";

type ClientMetrics = Pick<Metrics, "clientCalls"> | undefined;

/** Makes a unary call, and tells how it has ended and how long it took, all attempts included. */
export async function timedAnswer<T>(metrics: ClientMetrics, method: DescMethod, call: () => Promise<T>): Promise<T> {
  const end = begin(metrics, method);
  if (end === undefined) return call();
  try {
    const answer = await call();
    end();
    return answer;
  } catch (error) {
    end(error);
    throw error;
  }
}

/**
 * Opens a stream, and tells how it has ended and how long it took: once its messages have ended, or `signal` is aborted,
 * which is how a reader leaves.
 */
export async function timedStream<I extends DescMessage, O extends DescMessage>(
  metrics: ClientMetrics,
  method: DescMethod,
  signal: AbortSignal | undefined,
  open: () => Promise<StreamResponse<I, O>>,
): Promise<StreamResponse<I, O>> {
  const tell = begin(metrics, method);
  return tell === undefined ? open() : tellEnd(open, tell, signal);
}

type End = (error?: unknown) => void;

/** @returns what is to be told the end, once; undefined where nobody wants to know */
function begin(metrics: ClientMetrics, method: DescMethod): End | undefined {
  if (metrics === undefined) return undefined;
  const calls = metrics.clientCalls.ofMethod("grpc", method);
  const startedAt = performance.now();
  calls.began();
  return (error) => calls.ended(statusCodeOf(error), performance.now() - startedAt);
}
