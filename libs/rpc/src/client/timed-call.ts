import { statusCodeOf, type Metrics } from "@banyan/telemetry";
import type { DescMessage, DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, type StreamResponse } from "@connectrpc/connect";

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
  if (tell === undefined) return open();
  const end = once(tell, signal);
  try {
    const response = await open();
    return { ...response, message: ending(response.message, end) };
  } catch (error) {
    end(error);
    throw error;
  }
}

type End = (error?: unknown) => void;

/** @returns what is to be told the end, once; undefined where nobody wants to know */
function begin(metrics: ClientMetrics, method: DescMethod): End | undefined {
  if (metrics === undefined) return undefined;
  const calls = metrics.clientCalls.of("grpc", `${method.parent.typeName}/${method.name}`);
  const startedAt = performance.now();
  calls.began();
  return (error) => calls.ended(statusCodeOf(error), performance.now() - startedAt);
}

/** Told by the first of an end and the abortion of the signal. */
function once(tell: End, signal: AbortSignal | undefined): End {
  let told = false;
  const end: End = (error) => {
    signal?.removeEventListener("abort", leave);
    if (!told) tell(error);
    told = true;
  };
  const leave = (): void => end(ConnectError.from(signal?.reason, Code.Canceled));
  signal?.addEventListener("abort", leave);
  return end;
}

async function* ending<T>(messages: AsyncIterable<T>, end: End): AsyncGenerator<T> {
  try {
    yield* messages;
    end();
  } catch (error) {
    end(error);
    throw error;
  }
}
