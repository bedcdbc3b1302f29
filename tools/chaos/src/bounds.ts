/** What a row asserts, in seconds. */
export interface Bounds {
  /** Since etcd can be reached, or since the deed: everybody who is there is in etcd, and on the list of everybody. */
  readonly back: number;
  /** The same, where it must first be noticed that a member has lost the others: a TTL of whoever watches, and this. */
  readonly noticedPastTtl: number;
  /** Nobody who is gone is listed for longer than a TTL and this, counted while etcd can be reached. */
  readonly gonePastTtl: number;
  /** No list is older than a TTL and this, once etcd can be reached for so long. */
  readonly agePastTtl: number;
  /** No turn of the event loop takes more CPU time. */
  readonly turn: number;
}

/** What holds unless a fault says otherwise. */
export const usualBounds: Bounds = { back: 5, noticedPastTtl: 5, gonePastTtl: 5, agePastTtl: 5, turn: 1 };
