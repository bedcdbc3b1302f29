import { setTimeout as sleep } from "node:timers/promises";
import { EtcdUnreachableError } from "./etcd.ts";
import type { Member } from "./member.ts";

/** No attempt begins after so long, in milliseconds. */
const callMs = 4000;

/** The pause before the first member is asked a second time, in milliseconds. */
const secondRoundMs = 50;

/**
 * The members of etcd. One of them is asked for as long as it answers, drawn by lot in the beginning so that the
 * processes spread over all; then the next one.
 */
export class Members {
  readonly #members: readonly Member[];
  #current: number;

  /** @param random a number in [0, 1) */
  constructor(members: readonly Member[], random: number) {
    this.#members = members;
    this.#current = Math.floor(random * members.length);
  }

  get current(): Member {
    const member = this.#members[this.#current];
    if (member === undefined) throw new RangeError("etcd: expected one endpoint or more");
    return member;
  }

  /** Has the next member asked from now on, unless that is so already. */
  leave(member: Member): void {
    if (member === this.current) this.#current = (this.#current + 1) % this.#members.length;
  }

  /**
   * Makes a call on one member after the other until one of them answers, the first of them a second time at the end:
   * a connection that broke while nobody used it is found out by the call that fails on it.
   */
  async ask<T>(call: (member: Member) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    for (let attempt = 1; ; attempt++) {
      const member = this.current;
      try {
        return await call(member);
      } catch (error) {
        if (!(error instanceof EtcdUnreachableError)) throw error;
        this.leave(member);
        if (attempt > this.#members.length || performance.now() - startedAt > callMs) throw error;
      }
      if (attempt === this.#members.length) await sleep(secondRoundMs);
    }
  }

  close(): void {
    for (const member of this.#members) member.close();
  }
}
