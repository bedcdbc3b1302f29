import type { Outcome } from "../outcome.ts";
import type { TrafficRule } from "../rule/traffic-rule.ts";
import { RecentFailures } from "./recent-failures.ts";

/** So many answers in a row are wanted of a candidate that has failed. */
const wantedAnswers = 5;

export type GuardState =
  | { readonly tag: "closed" }
  /** The candidate is not asked before `until`. */
  | { readonly tag: "open"; readonly until: number }
  /** One call at a time is let through to it; another one from `nextAt` on, should that one not end. */
  | { readonly tag: "probing"; readonly answers: number; readonly nextAt: number };

type GuardRule = TrafficRule["guard"];

/**
 * Takes the candidate's share back to the legacy while too many of its answers are failures: a circuit breaker, for this
 * process alone, so that a candidate that breaks between two steps of a ramp, or while nobody ramps, harms few.
 *
 * closed -> open: of `minCalls` or more ends in the last ten seconds, `errorPercent` or more are failures, or the last
 * `minCalls` were failures all of them: of a candidate that is gone, what it was before would hide it for seconds.
 * open -> probing: `cooldownSeconds` later. probing -> closed: five answers in a row. probing -> open: a failure.
 *
 * Times are in milliseconds, by a clock that does not go back.
 */
export class CandidateGuard {
  #state: GuardState = { tag: "closed" };
  /** Grows with every change of the tag: what ends later than that is told to nobody. */
  #generation = 1;
  readonly #recent = new RecentFailures();
  #failuresInARow = 0;
  readonly #onChange: (state: GuardState["tag"]) => void;

  constructor(onChange: (state: GuardState["tag"]) => void = () => undefined) {
    this.#onChange = onChange;
  }

  get state(): GuardState["tag"] {
    return this.#state.tag;
  }

  /** @returns what to tell the end of the call by; undefined when the candidate is not to be asked */
  admit(rule: GuardRule, now: number): number | undefined {
    if (this.#state.tag === "open" && now >= this.#state.until)
      this.#enter({ tag: "probing", answers: 0, nextAt: now });
    const state = this.#state;
    switch (state.tag) {
      case "closed":
        return this.#generation;
      case "open":
        return undefined;
      case "probing":
        if (now < state.nextAt) return undefined;
        this.#state = { ...state, nextAt: now + rule.cooldownSeconds * 1000 };
        return this.#generation;
      default:
        return state satisfies never;
    }
  }

  /** @param admission what {@link admit} has returned */
  ended(admission: number, outcome: Outcome, rule: GuardRule, now: number): void {
    if (admission !== this.#generation) return;
    const state = this.#state;
    const open: GuardState = { tag: "open", until: now + rule.cooldownSeconds * 1000 };
    switch (state.tag) {
      case "closed":
        if (outcome === "abandoned") return;
        this.#recent.record(outcome === "failed", now);
        this.#failuresInARow = outcome === "failed" ? this.#failuresInARow + 1 : 0;
        if (outcome === "failed" && this.#isBad(rule, now)) this.#enter(open);
        return;
      case "probing":
        if (outcome === "failed") return this.#enter(open);
        if (outcome === "answered" && state.answers + 1 >= wantedAnswers) return this.#enter({ tag: "closed" });
        this.#state = { ...state, answers: state.answers + (outcome === "answered" ? 1 : 0), nextAt: now };
        return;
      case "open":
        return;
      default:
        state satisfies never;
    }
  }

  #isBad({ errorPercent, minCalls }: GuardRule, now: number): boolean {
    if (this.#failuresInARow >= minCalls) return true;
    const { calls, failures } = this.#recent.count(now);
    return calls >= minCalls && failures * 100 >= errorPercent * calls;
  }

  #enter(state: GuardState): void {
    this.#state = state;
    this.#generation += 1;
    this.#recent.clear();
    this.#failuresInARow = 0;
    this.#onChange(state.tag);
  }
}
