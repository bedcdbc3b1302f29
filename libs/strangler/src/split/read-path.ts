import { RetryBudget } from "@banyan/resilience";
import { statusCodeOf } from "@banyan/telemetry";
import type { DescMethod } from "@bufbuild/protobuf";
import type { ConnectError } from "@connectrpc/connect";
import { outcomeOf } from "../outcome.ts";
import type { TrafficEvents } from "../report/traffic-events.ts";
import type { TrafficRule } from "../rule/traffic-rule.ts";
import type { Side } from "../side.ts";
import type { CandidateGuard } from "./candidate-guard.ts";
import { decide } from "./decide.ts";
import { askedSide, type HeaderFields } from "./headers.ts";
import { nextSide, type NextSide } from "./next-side.ts";
import type { StickyKeys } from "./sticky-keys.ts";

/**
 * What the legacy may be asked in the candidate's place: 500 calls at once, which is what a busy candidate that is killed has
 * in flight, and then one for every four that the candidate answers. Where more than that fails, the guard opens, and they
 * are the legacy's anyway.
 */
const fallbackBudget = { maxTokens: 1000, tokenRatio: 0.25 };

export interface ReadPathOptions {
  readonly keys: StickyKeys;
  readonly guard: CandidateGuard;
  readonly events: TrafficEvents;
  /** In [0, 1). */
  readonly random: () => number;
}

/** A read that is on its way to a side. */
export interface RoutedRead {
  readonly side: Side;
  /** The caller has asked for the side: it gets what that side says, and nothing is concluded from it. */
  readonly isOverride: boolean;
  /** What the guard is to be told the end by. */
  readonly admission: number | undefined;
}

/** Decides for reads in the modes shadow and split, where the two sides have a say: which side, and which one after it. */
export class ReadPath {
  readonly #options: ReadPathOptions;
  readonly #budget = new RetryBudget(fallbackBudget);

  constructor(options: ReadPathOptions) {
    this.#options = options;
  }

  /** @param request undefined where there is none yet, as of a caller that streams */
  route(rule: TrafficRule, method: DescMethod, header: HeaderFields, request: object | undefined): RoutedRead {
    const { keys, guard, events, random } = this.#options;
    const { name } = method;
    const key = request && keys.of(rule, method, request);
    const { side, ...decision } = decide(rule, method, { key, random: random(), override: askedSide(header) });
    if (decision.tag === "read" && decision.why === "override") {
      events.counted(name, "overridden");
      return { side, isOverride: true, admission: undefined };
    }
    if (side === "legacy") return { side, isOverride: false, admission: undefined };
    const admission = guard.admit(rule.guard, performance.now());
    if (admission !== undefined) return { side, isOverride: false, admission };
    events.counted(name, "guarded");
    return { side: "legacy", isOverride: false, admission };
  }

  /** To be told how a read has ended, and how long it took, in milliseconds. */
  ended(
    rule: TrafficRule,
    { name }: DescMethod,
    { side, isOverride, admission }: RoutedRead,
    error: ConnectError | undefined,
    ms: number,
  ): void {
    if (isOverride) return;
    const { guard, events } = this.#options;
    const outcome = outcomeOf(error);
    events.ended(name, side, { code: statusCodeOf(error), outcome, ms });
    if (admission !== undefined) guard.ended(admission, outcome, rule.guard, performance.now());
    if (side === "candidate" && outcome === "answered") this.#budget.succeeded();
  }

  /** Who is to be asked after a read that has ended with an error; undefined when the caller gets that. */
  next(
    rule: TrafficRule,
    { name }: DescMethod,
    { side, isOverride }: RoutedRead,
    error: ConnectError,
  ): NextSide | undefined {
    const { events } = this.#options;
    const next = isOverride ? undefined : nextSide(rule, side, error);
    if (next === undefined) return undefined;
    if (next.why === "read miss") {
      events.counted(name, "readMisses");
      return next;
    }
    this.#budget.failed();
    const isAllowed = this.#budget.allows;
    events.counted(name, isAllowed ? "fallbacks" : "fallbacksRefused");
    return isAllowed ? next : undefined;
  }

  /** To be told that the second side had what the first one had not. */
  foundAfterAll({ name }: DescMethod, { why }: NextSide): void {
    if (why === "read miss") this.#options.events.counted(name, "readMissesFound");
  }
}
