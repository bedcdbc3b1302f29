/** So many seconds are looked back on. */
const seconds = 10;

interface Second {
  readonly at: number;
  calls: number;
  failures: number;
}

/** How many calls of the last ten seconds have failed. */
export class RecentFailures {
  readonly #ring: Second[] = Array.from({ length: seconds }, () => ({ at: -1, calls: 0, failures: 0 }));

  /** @param now in milliseconds, by a clock that does not go back */
  record(failed: boolean, now: number): void {
    const at = Math.floor(now / 1000);
    const index = at % seconds;
    let second = this.#ring[index];
    if (second?.at !== at) {
      second = { at, calls: 0, failures: 0 };
      this.#ring[index] = second;
    }
    second.calls += 1;
    if (failed) second.failures += 1;
  }

  /** @returns both counts over the second that `now` is in and the nine before it */
  count(now: number): { readonly calls: number; readonly failures: number } {
    const since = Math.floor(now / 1000) - seconds;
    const counted = { calls: 0, failures: 0 };
    for (const { at, calls, failures } of this.#ring) {
      if (at <= since) continue;
      counted.calls += calls;
      counted.failures += failures;
    }
    return counted;
  }

  clear(): void {
    for (const index of this.#ring.keys()) this.#ring[index] = { at: -1, calls: 0, failures: 0 };
  }
}
