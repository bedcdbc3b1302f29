import type { ConcurrencyLimit } from "./concurrency-limit.ts";
import { defaultWaiting } from "./defaults.ts";
import type { Permit, Refusal } from "./permit.ts";

interface WaitingCall {
  readonly since: number;
  readonly settle: (answer: Permit | Refusal) => void;
}

/**
 * Calls that have found no place within a `ConcurrencyLimit` and wait for one, in their order, for some milliseconds. It is for
 * calls that come all at once, because one read of a socket has brought hundreds of them, or the process has stood still, to
 * a server that has answered most of them before the first one has waited its time. It is no queue to work off an overload
 * with: when one call has waited in vain, none may wait until there was room for all who came for a while.
 */
export class WaitingCalls {
  readonly #limit: ConcurrencyLimit;
  readonly #waiting: (WaitingCall | undefined)[] = [];
  #head = 0;
  #closedUntil = -Infinity;

  constructor(limit: ConcurrencyLimit) {
    this.#limit = limit;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.length - this.#head;
  }

  /**
   * Lets a call wait for which there is no place.
   *
   * @param settle told once: the permit, by `admit`, or the refusal, by `expire`
   * @returns the refusal of one that may not wait; then `settle` is not told
   */
  enter(now: number, settle: (answer: Permit | Refusal) => void): Refusal | undefined {
    if (now < this.#closedUntil || this.size >= defaultWaiting.maxCalls) return this.#refuse(now);
    this.#waiting.push({ since: now, settle });
    return undefined;
  }

  /** Lets in as many as there is room for: to be called after each release of a permit. */
  admit(now: number): void {
    while (this.size > 0 && !this.#limit.isFull) {
      const permit = this.#limit.acquire(now);
      if (permit.tag === "permit") this.#shift()?.settle(permit);
    }
  }

  /**
   * Turns those away that have waited for as long as a call may.
   *
   * @returns when to ask again, in milliseconds from now; undefined when nobody waits
   */
  expire(now: number): number | undefined {
    for (let first = this.#first(); first !== undefined; first = this.#first()) {
      const leftMs = first.since + defaultWaiting.maxWaitMs - now;
      if (leftMs > 0) return leftMs;
      this.#shift();
      first.settle(this.#refuse(now));
    }
    return undefined;
  }

  #refuse(now: number): Refusal {
    this.#closedUntil = now + defaultWaiting.closedMs;
    return this.#limit.refuse();
  }

  #first(): WaitingCall | undefined {
    return this.#waiting[this.#head];
  }

  /** Takes the first one out, in constant time on average. */
  #shift(): WaitingCall | undefined {
    const first = this.#first();
    this.#waiting[this.#head] = undefined;
    this.#head++;
    if (2 * this.#head >= this.#waiting.length) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
    return first;
  }
}
