import type { Bounds } from "../bounds.ts";
import type { Watching } from "../fleet/fleet.ts";
import { nameOf, type Truth } from "../fleet/truth.ts";
import { inSeconds } from "./seconds.ts";

const sampleMs = 20;

/** Who has a list: what the sampler needs of those who watch. */
export type Listener = Pick<Watching, "name" | "ttlSeconds" | "watch" | "reachableSince">;

/** What those who watch would have done with their lists, and how old those were. Disposal ends the sampling. */
export class Sampler implements Disposable {
  /** Every 20 ms each of them picks an instance to call, each time the next of its list. */
  picks = 0;
  /** Picks of one that was not there. */
  wrongPicks = 0;
  /** Times when there was nobody on a list to pick, although somebody was there. */
  emptyPicks = 0;
  /** For how long, at most, one that was gone was still on a list; in milliseconds. */
  goneListedMs = 0;
  /** The same, counted from when etcd could be reached by whose list it was: before that nobody can know. */
  goneListedReachablyMs = 0;
  /** The greatest age that a list told of itself, in milliseconds. */
  oldestAgeMs = 0;
  readonly #listeners: readonly Listener[];
  readonly #truth: Truth;
  readonly #bounds: Bounds;
  readonly #violations = new Map<string, string>();
  #samples = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(listeners: readonly Listener[], truth: Truth, bounds: Bounds) {
    this.#listeners = listeners;
    this.#truth = truth;
    this.#bounds = bounds;
    this.#timer = setInterval(() => this.#sample(), sampleMs);
  }

  /**
   * What must not be, in words: one is listed who never was there, or who is gone for longer than may be, or a list is
   * older than it may be.
   */
  get violations(): readonly string[] {
    return [...this.#violations.values()];
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    const now = performance.now();
    this.#samples++;
    for (const listener of this.#listeners) {
      this.#pick(listener);
      this.#compare(listener, now);
      this.#askAge(listener, now);
    }
  }

  #pick({ watch: { instances } }: Listener): void {
    const picked = instances[this.#samples % instances.length];
    this.picks++;
    if (picked === undefined && this.#truth.present.length > 0) this.emptyPicks++;
    if (picked !== undefined && !this.#truth.isThere(picked)) this.wrongPicks++;
  }

  #compare({ name, ttlSeconds, watch, reachableSince }: Listener, now: number): void {
    for (const instance of watch.instances) {
      if (this.#truth.isThere(instance)) continue;
      const subject = `${name} listed ${nameOf(instance)}`;
      const departure = this.#truth.departureOf(instance);
      if (departure === undefined) {
        this.#violations.set(subject, `${subject}, which was never there`);
        continue;
      }
      this.goneListedMs = Math.max(this.goneListedMs, now - departure.since);
      if (reachableSince === undefined) continue;
      const goneMs = now - Math.max(departure.since, reachableSince);
      this.goneListedReachablyMs = Math.max(this.goneListedReachablyMs, goneMs);
      // Who watches a member that has lost the others learns of it within a TTL of its own.
      const bound = Math.max(departure.ttlSeconds, ttlSeconds) + this.#bounds.gonePastTtl;
      if (goneMs <= bound * 1000) continue;
      this.#violations.set(subject, `${subject} for ${inSeconds(goneMs)} after it had gone (bound: ${bound} s)`);
    }
  }

  #askAge({ name, ttlSeconds, watch, reachableSince }: Listener, now: number): void {
    const { ageMs = 0 } = watch;
    this.oldestAgeMs = Math.max(this.oldestAgeMs, ageMs);
    const bound = ttlSeconds + this.#bounds.agePastTtl;
    if (reachableSince === undefined || now - reachableSince < bound * 1000 || ageMs <= bound * 1000) return;
    const subject = `the list of ${name}`;
    this.#violations.set(subject, `${subject} was ${inSeconds(ageMs)} old with etcd in reach (bound: ${bound} s)`);
  }
}
