/** One who depends on a member's being part of the quorum. */
export interface QuorumFollower {
  /** A key that the user may read. */
  readonly key: Buffer;
  /** The member has answered a linearizable read. */
  readonly confirmed: (clusterId: string) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Asks a member for one key, linearizably, again and again while somebody follows its changes: a member that is cut off
 * from the quorum goes on to serve watches and has no news, and cannot answer this.
 */
export class QuorumCheck {
  readonly #read: (key: Buffer) => Promise<string>;
  readonly #everyMs: number;
  readonly #followers = new Set<QuorumFollower>();
  #next: NodeJS.Timeout | undefined;

  /** @param read reads a key, within a bound. @returns the id of the cluster */
  constructor(everyMs: number, read: (key: Buffer) => Promise<string>) {
    this.#everyMs = everyMs;
    this.#read = read;
  }

  /** @returns a function that ends it */
  follow(follower: QuorumFollower): () => void {
    this.#followers.add(follower);
    if (this.#followers.size === 1) this.#plan();
    return () => {
      this.#followers.delete(follower);
      if (this.#followers.size === 0) clearTimeout(this.#next);
    };
  }

  #plan(): void {
    clearTimeout(this.#next);
    this.#next = setTimeout(() => void this.#ask(), this.#everyMs);
  }

  async #ask(): Promise<void> {
    const asking = [...this.#followers];
    const [first] = asking;
    if (first === undefined) return;
    try {
      const clusterId = await this.#read(first.key);
      for (const follower of asking) if (this.#followers.has(follower)) follower.confirmed(clusterId);
    } catch (error) {
      for (const follower of asking) if (this.#followers.has(follower)) follower.failed(error);
    }
    if (this.#followers.size > 0) this.#plan();
  }
}
