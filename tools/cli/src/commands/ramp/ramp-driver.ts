import {
  Ramp,
  reasonText,
  type HistoryEntry,
  type RampFigures,
  type TrafficRule,
  type TrafficStore,
} from "@banyan/strangler";
import { writeRule } from "../../traffic/write-rule.ts";
import type { RampArguments } from "./arguments.ts";
import { factsOf } from "./facts.ts";
import type { Beginning } from "./first-rule.ts";
import { LatestNews } from "./latest-news.ts";
import type { RampOutcome } from "./ramp-outcome.ts";

export interface RampDriverOptions {
  readonly store: TrafficStore;
  readonly asked: RampArguments;
  readonly beginning: Beginning;
  /** Who is told as the one who does it. */
  readonly by: string;
  /** Told what has been done, and once a second how it stands. */
  readonly onEntry: (entry: HistoryEntry) => void;
  readonly onFigures: (figures: RampFigures, waitingFor: readonly string[]) => void;
  /** What could not be kept, and does not stop the ramp. */
  readonly onWarning: (text: string) => void;
}

const tickMs = 1000;
const historyAttempts = 3;

/** Writes the rules that a {@link Ramp} decides upon, on the condition that nobody else has written one. */
export class RampDriver {
  readonly #options: RampDriverOptions;
  readonly #ramp: Ramp;
  readonly #mirrors: boolean;
  #rule: TrafficRule;
  #revision: bigint;

  constructor(options: RampDriverOptions) {
    const { rule, revision, percent } = options.beginning;
    const { plan, mirrorPercent } = options.asked;
    this.#options = options;
    this.#ramp = new Ramp({ ...plan, steps: plan.steps.filter((step) => step >= percent) });
    this.#mirrors = Math.max(rule.shadow.percent, mirrorPercent) > 0;
    this.#rule = rule;
    this.#revision = revision;
  }

  /**
   * Until the last step has held, a guard is broken, somebody else changes the rule, or `signal` is aborted, which leaves the
   * rule where it is.
   */
  async run(signal: AbortSignal): Promise<RampOutcome> {
    const { store, asked, beginning, onFigures } = this.#options;
    using news = new LatestNews(store, asked.service);
    const first = asked.plan.steps.find((step) => step >= beginning.percent) ?? asked.to;
    if (!(await this.#step(first, news, "the ramp begins", signal))) return { tag: "superseded", reason: undefined };
    for (;;) {
      await news.next(tickMs, signal);
      const { percent } = this.#rule;
      if (news.isSuperseded) return this.#ended("superseded", { tag: "superseded", reason: undefined });
      if (signal.aborted) return this.#ended("interrupted", { tag: "interrupted", percent });
      const now = performance.now();
      const verdict = this.#ramp.observe(news.reports, now);
      switch (verdict.tag) {
        case "hold":
          onFigures(this.#ramp.figures(now), verdict.waitingFor);
          break;
        case "advance":
          if (await this.#step(verdict.percent, news, "enough was seen", signal)) break;
          return this.#ended("superseded", { tag: "superseded", reason: undefined });
        case "roll back": {
          const { reason } = verdict;
          if (!(await this.#write(this.#withPercent(0), signal))) {
            return this.#ended("superseded", { tag: "superseded", reason }, reasonText(reason));
          }
          return this.#ended("rollback", { tag: "rolled back", percent, reason }, reasonText(reason));
        }
        case "stalled": {
          const { waitingFor } = verdict;
          return this.#ended(
            "stalled",
            { tag: "stalled", percent, waitingFor },
            `waiting for ${waitingFor.join(", ")}`,
          );
        }
        case "done": {
          // Mirroring as it was before; nothing depends on it.
          const last = this.#withPercent(percent);
          if (last.shadow.percent !== this.#rule.shadow.percent) await this.#write(last, signal);
          return this.#ended("done", { tag: "done", percent }, "enough was seen");
        }
        default:
          return verdict satisfies never;
      }
    }
  }

  /** @returns false when somebody else was faster */
  async #step(percent: number, news: LatestNews, reason: string, signal: AbortSignal): Promise<boolean> {
    const facts = this.#facts();
    const shadowPercent = Math.max(this.#options.beginning.rule.shadow.percent, this.#options.asked.mirrorPercent);
    const rule = this.#withPercent(percent);
    const shadow = { ...rule.shadow, percent: shadowPercent };
    if (!(await this.#write({ ...rule, shadow }, signal))) return false;
    news.wrote(this.#revision);
    this.#ramp.begin({ percent, revision: this.#revision, mirrors: this.#mirrors }, performance.now());
    await this.#keep("step", reason, { ...facts, percent });
    return true;
  }

  /** The rule as it was found, with another percentage. */
  #withPercent(percent: number): TrafficRule {
    return { ...this.#options.beginning.rule, mode: "split", percent };
  }

  async #write(rule: TrafficRule, signal: AbortSignal): Promise<boolean> {
    const { store, asked } = this.#options;
    const write = { service: asked.service, rule, expectedRevision: this.#revision };
    const revision = await writeRule(store, write, signal);
    if (revision === "conflict") return false;
    this.#rule = rule;
    this.#revision = revision;
    return true;
  }

  async #ended(what: string, outcome: RampOutcome, reason = ""): Promise<RampOutcome> {
    await this.#keep(what, reason, this.#facts());
    return outcome;
  }

  #facts(): HistoryEntry["facts"] {
    return factsOf(this.#ramp.figures(performance.now()));
  }

  async #keep(what: string, reason: string, facts: HistoryEntry["facts"]): Promise<void> {
    const { store, asked, by, onEntry, onWarning } = this.#options;
    const at = new Date().toISOString();
    const entry: HistoryEntry = { at, by, what, reason: reason.slice(0, 500), revision: String(this.#revision), facts };
    onEntry(entry);
    for (let attempt = 1; ; attempt++) {
      try {
        return await store.appendHistory(asked.service, entry);
      } catch (error) {
        if (attempt < historyAttempts) continue;
        return onWarning(`"${what}" is not in the history: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
