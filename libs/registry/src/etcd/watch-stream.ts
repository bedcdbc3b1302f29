import { GRPCUnavailableError, type WatchClient } from "etcd3";
import { AnswerQueue } from "./answer-queue.ts";
import type { KeyRange, WatchAnswer } from "./etcd.ts";
import { rangeOf, watchAnswerOf } from "./messages.ts";
import type { QuorumCheck } from "./quorum-check.ts";

/** How long etcd may take to accept a watch, in milliseconds. */
const acceptTimeoutMs = 5000;

/** Where the watch is served. */
interface WatchedMember {
  readonly watches: WatchClient;
  readonly quorum: QuorumCheck;
}

/**
 * One watch on one stream of its own. It ends with the stream or with `signal`, and whatever an ended stream may still
 * deliver is heard by nobody. An answer without changes comes when the watch is accepted, and each time the member has
 * shown that it is part of the quorum.
 */
export async function* watchStream(
  { watches, quorum }: WatchedMember,
  range: KeyRange,
  from: bigint,
  signal: AbortSignal,
): AsyncGenerator<WatchAnswer> {
  const answers = new AnswerQueue<WatchAnswer>();
  const fail = (words: string): void => answers.fail(new GRPCUnavailableError(words));
  let revision = from - 1n;

  const stream = await watches.watch();
  const late = setTimeout(() => fail(`etcd has not accepted a watch for ${acceptTimeoutMs} ms`), acceptTimeoutMs);
  const unfollow = quorum.follow({
    key: rangeOf(range).key,
    confirmed: (clusterId) => answers.push({ clusterId, revision, changes: [] }),
    failed: (error) => answers.fail(error instanceof Error ? error : new Error(String(error))),
  });
  stream
    .on("data", (response) => {
      clearTimeout(late);
      try {
        const answer = watchAnswerOf(response);
        revision = answer.revision;
        answers.push(answer);
      } catch (error) {
        answers.fail(error instanceof Error ? error : new Error(String(error)));
      }
    })
    .on("error", (error) => answers.fail(error))
    .on("end", () => fail("etcd ended the stream of a watch"));
  stream.write({ create_request: { ...rangeOf(range), start_revision: String(from) } });

  try {
    yield* answers.read(signal);
  } finally {
    unfollow();
    clearTimeout(late);
    // Ended first: the package takes the cancelling of a stream that can be written to for a failure of the host.
    stream.end();
    stream.cancel();
  }
}
