import { deadline } from "./deadline.ts";
import type { Etcd, KeyRange, Listing, Position, WatchAnswer } from "./etcd/etcd.ts";
import type { WatchState } from "./instances.ts";
import { interruptionBy, levelOf, type Interruption } from "./interruption.ts";

/** A list is read again after this long in any case, plus or minus a sixth of it at random; in milliseconds. */
const resyncMs = 60_000;

/** A watch that lived this long, in milliseconds, was a good one: the next pause is a short one again. */
const goodWatchMs = 5000;

/** What of etcd it takes to follow keys. */
export type FollowedEtcd = Pick<Etcd, "list" | "watch" | "pause">;

/** Who follows some keys. Each call is one more word of etcd, in order. */
export interface KeyFollower {
  /** All that there is now. */
  readonly onListing: (listing: Listing) => void;
  /** What has changed since the word before; nothing, when etcd confirms it only. */
  readonly onAnswer: (answer: WatchAnswer) => void;
  readonly onState: (state: Exclude<WatchState, { tag: "closed" }>) => void;
  /** What was known goes on until the next list. @param level how loud the log should be about it */
  readonly onInterruption: (interruption: Interruption, level: "warn" | "debug") => void;
}

/**
 * Follows keys until `signal` is aborted: lists at revision R, watches from R + 1, and begins again with a list after
 * anything out of the ordinary and every minute. A call that is under way at the end ends by its own bound, and its
 * answer is told to nobody.
 */
export async function listAndWatch(
  etcd: FollowedEtcd,
  range: KeyRange,
  follower: KeyFollower,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    let watchedSince = Infinity;
    try {
      follower.onState({ tag: "listing" });
      const listing = await etcd.list(range);
      if (signal.aborted) return;
      follower.onListing(listing);
      watchedSince = performance.now();
      await watchSince(etcd, range, listing, follower, signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (performance.now() - watchedSince >= goodWatchMs) failures = 0;
      const interruption = interruptionBy(error, failures);
      follower.onState({ tag: "waiting", cause: interruption.cause });
      follower.onInterruption(interruption, levelOf(error, failures++));
      await etcd.pause(interruption.retryMs, signal);
    }
  }
}

/** Watches until it is time to list again. @throws when the watch breaks */
async function watchSince(
  etcd: FollowedEtcd,
  range: KeyRange,
  listing: Listing,
  follower: KeyFollower,
  signal: AbortSignal,
): Promise<void> {
  using resync = deadline(resyncMs * (5 / 6 + Math.random() / 3), signal);
  let last: Position = listing;
  for await (const answer of etcd.watch(range, listing.revision + 1n, resync.signal)) {
    if (signal.aborted) return;
    if (answer.clusterId !== last.clusterId || answer.revision < last.revision) {
      throw new Error("etcd was replaced: its history is another one");
    }
    last = answer;
    follower.onState({ tag: "watching" });
    follower.onAnswer(answer);
  }
}
