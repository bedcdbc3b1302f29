import { GRPCUnavailableError, type IWatchResponse, type WatchClient } from "etcd3";
import { AnswerQueue } from "./answer-queue.ts";
import type { KeyRange, WatchAnswer } from "./etcd.ts";
import { rangeOf, watchAnswerOf } from "./messages.ts";

/** How long etcd may take to accept a watch, in milliseconds. */
const acceptTimeoutMs = 5000;

/**
 * One watch on one stream of its own. It ends with the stream or with `signal`, and whatever an ended stream may still
 * deliver is heard by nobody.
 */
export async function* watchStream(
  watches: WatchClient,
  range: KeyRange,
  from: bigint,
  signal: AbortSignal,
): AsyncGenerator<WatchAnswer> {
  const answers = new AnswerQueue<IWatchResponse>();
  const fail = (words: string): void => answers.fail(new GRPCUnavailableError(words));

  const stream = await watches.watch();
  const late = setTimeout(() => fail(`etcd has not accepted a watch for ${acceptTimeoutMs} ms`), acceptTimeoutMs);
  stream
    .on("data", (answer) => answers.push(answer))
    .on("error", (error) => answers.fail(error))
    .on("end", () => fail("etcd ended the stream of a watch"));
  stream.write({ create_request: { ...rangeOf(range), start_revision: String(from) } });

  try {
    for await (const answer of answers.read(signal)) {
      clearTimeout(late);
      yield watchAnswerOf(answer);
    }
  } finally {
    clearTimeout(late);
    // Ended first: the package takes the cancelling of a stream that can be written to for a failure of the host.
    stream.end();
    stream.cancel();
  }
}
