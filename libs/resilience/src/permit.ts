/** A call that is let in. It holds its place until it is released; releasing it again does nothing. */
export interface Permit {
  readonly tag: "permit";
  /**
   * @param outcome `finished` where the time that the call took tells how busy the server is: an answer, a deadline;
   *   `ignored` where it does not: input refused at once, a caller that has gone
   */
  release(now: number, outcome: "finished" | "ignored"): void;
}

/** A call that is turned away, for RESOURCE_EXHAUSTED with google.rpc.RetryInfo. */
export interface Refusal {
  readonly tag: "refusal";
  readonly retryAfterMs: number;
}

type Release = (tookMs: number | undefined, now: number) => void;

/** Tells `onRelease` once how long it was held; nothing where that tells nothing. */
export class HeldPermit implements Permit {
  readonly tag = "permit";
  readonly #since: number;
  #onRelease: Release | undefined;

  constructor(since: number, onRelease: Release) {
    this.#since = since;
    this.#onRelease = onRelease;
  }

  release(now: number, outcome: "finished" | "ignored"): void {
    const onRelease = this.#onRelease;
    this.#onRelease = undefined;
    onRelease?.(outcome === "finished" ? now - this.#since : undefined, now);
  }
}
