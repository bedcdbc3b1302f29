import { setTimeout as sleep } from "node:timers/promises";
import type { Bounds } from "./bounds.ts";
import type { Client } from "./fleet/client.ts";
import { lackingOf, longTtlSeconds, servicePrefix, type Fleet } from "./fleet/fleet.ts";
import { inSeconds } from "./measure/seconds.ts";
import type { RowLog } from "./report/row-log.ts";
import { untilReachable, type World } from "./world/world.ts";

const pollMs = 20;
/** How long a bound is overrun, in milliseconds, before a row is given up: till then its figure is still measured. */
const overrunMs = 20_000;

export interface StageOptions<W> {
  readonly world: W;
  readonly fleet: Fleet;
  readonly bounds: Bounds;
  readonly log: RowLog;
  readonly signal: AbortSignal;
}

/** What a fault has to its hands: an etcd, processes that use it, and the means to wait for what is promised. */
export class Stage<W extends World> {
  readonly world: W;
  readonly fleet: Fleet;
  readonly signal: AbortSignal;
  /** The longest that {@link recovered} has waited, in milliseconds; undefined before. */
  backAfterMs: number | undefined;
  /** Bounds that did not hold, in words. */
  readonly violations: string[] = [];
  /** Further figures, in words. */
  readonly remarks: string[] = [];
  readonly #bounds: Bounds;
  readonly #log: RowLog;
  #since = performance.now();

  constructor({ world, fleet, bounds, log, signal }: StageOptions<W>) {
    this.world = world;
    this.fleet = fleet;
    this.signal = signal;
    this.#bounds = bounds;
    this.#log = log;
  }

  /** Tells in the row's log what is done. */
  note(words: string): void {
    this.#log.write("-", words);
  }

  async pause(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.signal });
  }

  /** Waits until all who were opened at the start are announced and known, and what follows is counted. */
  async assembled(): Promise<void> {
    const giveUpAt = performance.now() + overrunMs;
    while (this.fleet.lacking.length > 0) {
      if (performance.now() > giveUpAt) throw new Error(`did not begin well: ${this.fleet.lacking.join(", ")}`);
      await sleep(pollMs, undefined, { signal: this.signal });
    }
    this.done("everybody is announced and known");
  }

  /** What follows is counted from now on: something has been done to etcd, which can be reached all the time. */
  done(words: string): void {
    this.note(words);
    this.#since = performance.now();
  }

  /**
   * Etcd cannot be reached by `clients` (all of them, unless said otherwise) while `during` runs; afterwards it can, and
   * what follows is counted from then on.
   *
   * @param during takes etcd away and gives it back
   */
  async outage(during: () => Promise<void>, clients: readonly Client[] = this.fleet.clients): Promise<void> {
    for (const client of clients) client.reachableSince = undefined;
    this.note("etcd is away");
    await during();
    await untilReachable(this.world, this.signal);
    this.done("etcd can be reached");
    for (const client of this.fleet.clients) client.reachableSince ??= this.#since;
  }

  /**
   * Waits until everybody who is there is in etcd and on the list of everybody who watches. One more joins first: nobody
   * knows of that one by an old list.
   *
   * @throws when it takes 20 seconds longer than its bound
   */
  recovered(): Promise<void> {
    return this.#everybodyKnown(() => this.#bounds.back);
  }

  /** The same, where everybody must first notice, within a TTL of theirs, that a member has lost the others. */
  noticed(): Promise<void> {
    return this.#everybodyKnown((ttlSeconds) => ttlSeconds + this.#bounds.noticedPastTtl);
  }

  /**
   * Waits until nobody lists anybody who is not there. Until when that must be is asserted all the while.
   *
   * @throws when it takes 20 seconds longer than it may
   */
  async settled(): Promise<void> {
    const since = performance.now();
    const limitMs = (longTtlSeconds + this.#bounds.gonePastTtl) * 1000 + overrunMs;
    while (this.fleet.surplus.length > 0) {
      if (performance.now() - since > limitMs) throw new Error(this.fleet.surplus.join(", "));
      await sleep(pollMs, undefined, { signal: this.signal });
    }
    this.note("settled: every list is exact");
  }

  /** @param bound in seconds, for a process with that TTL */
  async #everybodyKnown(bound: (ttlSeconds: number) => number): Promise<void> {
    await this.fleet.join();
    const since = this.#since;
    const known = new Map<string, number>();
    const lastBound = bound(longTtlSeconds);
    let lacking: readonly string[] = [];
    do {
      if (performance.now() - since > lastBound * 1000 + overrunMs) {
        throw new Error(`not recovered after ${inSeconds(performance.now() - since)}: ${lacking.join(", ")}`);
      }
      await sleep(pollMs, undefined, { signal: this.signal });
      this.#timeLists(known);
      lacking = this.fleet.lacking;
      if (lacking.length === 0) lacking = await this.#lackingInEtcd();
    } while (lacking.length > 0);

    const backAfterMs = performance.now() - since;
    this.backAfterMs = Math.max(this.backAfterMs ?? 0, backAfterMs);
    this.note(`everybody is announced and known after ${inSeconds(backAfterMs)}`);
    for (const { name, ttlSeconds } of this.fleet.watching) {
      const knownAfterMs = (known.get(name) ?? Infinity) - since;
      this.#hold(`${name} knew everybody after`, knownAfterMs, bound(ttlSeconds));
    }
    this.#hold("everybody was announced after", backAfterMs, lastBound);
  }

  /** Notes of each list when it became complete for the last time. */
  #timeLists(known: Map<string, number>): void {
    const { present } = this.fleet.truth;
    for (const watching of this.fleet.watching) {
      if (lackingOf(watching, present).length > 0) known.delete(watching.name);
      else if (!known.has(watching.name)) known.set(watching.name, performance.now());
    }
  }

  async #lackingInEtcd(): Promise<readonly string[]> {
    try {
      const stored = new Map((await this.world.operator.list(servicePrefix)).map(({ key, value }) => [key, value]));
      return this.fleet.truth.present
        .filter(({ id, address }) => stored.get(servicePrefix + id)?.includes(address) !== true)
        .map(({ id }) => `etcd has no ${id}`);
    } catch (error) {
      return [`etcd does not answer (${error instanceof Error ? error.message : String(error)})`];
    }
  }

  #hold(what: string, ms: number, bound: number): void {
    if (ms > bound * 1000) this.violations.push(`${what} ${inSeconds(ms)} (bound: ${bound} s)`);
  }
}
