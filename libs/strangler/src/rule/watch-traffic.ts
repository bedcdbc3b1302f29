import type { ValueWatch } from "@banyan/registry";
import type { TrafficLog } from "../traffic-log.ts";
import { RuleFile } from "./rule-file.ts";
import type { RuleInEffect, RuleSource } from "./rule-source.ts";
import { successionOf } from "./succession.ts";
import { legacyRule, type TrafficRule } from "./traffic-rule.ts";

/** How long writes wait at first for etcd to tell the rule, in seconds. */
const startSeconds = 2;

export interface WatchTrafficOptions {
  readonly log: TrafficLog;
  /** Where the last rule is kept, so that a process that starts while etcd is down has it: `REGISTRY_STATE_FOLDER`. */
  readonly stateFolder?: string | undefined;
}

/** What rules are read from; a registry of @banyan/registry is one. */
export interface RuleValues {
  watchTraffic(service: string): ValueWatch;
}

/** A rule that follows `/traffic/<service>` until it is disposed. */
export interface LiveRule extends RuleSource, AsyncDisposable {
  /** Resolves when etcd has told the rule, or that there is none, and after 2 seconds in any case. */
  readonly ready: Promise<void>;
}

/**
 * Follows the traffic rule of `service`; returns at once.
 *
 * A rule that is malformed, or that could give the writes two owners, is one warning that names the field, and the last good
 * one goes on, as it does while etcd is away. Until etcd has answered for the first time, for 2 seconds at most, the rule is
 * the last one that the state folder has, else that everything is the legacy's, and writes are paused: in that moment
 * nobody here knows who owns them.
 *
 * @throws {TypeError} when `service` is not a name
 */
export function watchTraffic(values: RuleValues, service: string, options: WatchTrafficOptions): LiveRule {
  return new WatchedRule(values.watchTraffic(service), service, options);
}

class WatchedRule implements LiveRule {
  readonly ready: Promise<void>;
  /** The last good rule. */
  #known: TrafficRule;
  #current: RuleInEffect;
  #isStarting = true;
  readonly #watch: ValueWatch;
  readonly #service: string;
  readonly #log: TrafficLog;
  readonly #file: RuleFile | undefined;
  readonly #listeners = new Set<(current: RuleInEffect) => void>();
  readonly #started = Promise.withResolvers<void>();
  readonly #timer: NodeJS.Timeout;

  constructor(watch: ValueWatch, service: string, { log, stateFolder }: WatchTrafficOptions) {
    this.#watch = watch;
    this.#service = service;
    this.#log = log;
    this.#file = stateFolder === undefined ? undefined : new RuleFile(stateFolder, service, log);
    const stored = this.#file?.read();
    if (stored !== undefined)
      log.info({ callee: service }, "traffic rule is from the state folder until etcd has answered");
    this.#known = stored ?? legacyRule;
    this.#current = inEffect(startingWith(this.#known), undefined);
    this.ready = this.#started.promise;
    this.#timer = setTimeout(() => this.#started.resolve(), startSeconds * 1000);
    watch.subscribe((text, revision) => this.#take(text, revision));
    void watch.listed.then(() => this.#isStarting && this.#take(undefined, undefined));
  }

  get current(): RuleInEffect {
    return this.#current;
  }

  subscribe(listener: (current: RuleInEffect) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStarting = false;
    this.#listeners.clear();
    clearTimeout(this.#timer);
    this.#started.resolve();
    await this.#watch[Symbol.asyncDispose]();
    await this.#file?.[Symbol.asyncDispose]();
  }

  #take(text: string | undefined, revision: bigint | undefined): void {
    const outcome = successionOf(this.#known, text);
    const fields = { callee: this.#service, revision: String(revision ?? "none") };
    if (outcome.tag === "refused") {
      this.#log.warn({ ...fields, error: outcome.error.message }, "traffic rule is refused; the last good one goes on");
      if (this.#isStarting) this.#enter(inEffect(this.#known, undefined));
      return;
    }
    const { mode, percent, writes } = outcome.rule;
    this.#known = outcome.rule;
    this.#file?.save(outcome.rule);
    if (text !== undefined || !this.#isStarting) this.#log.info({ ...fields, mode, percent, writes }, "traffic rule");
    this.#enter(inEffect(outcome.rule, revision));
  }

  #enter(current: RuleInEffect): void {
    this.#isStarting = false;
    this.#current = current;
    this.#started.resolve();
    for (const listener of this.#listeners) listener(current);
  }
}

function inEffect(rule: TrafficRule, revision: bigint | undefined): RuleInEffect {
  return { rule, revision, since: performance.now() };
}

function startingWith(rule: TrafficRule): TrafficRule {
  const pause = { seconds: startSeconds, waitMs: startSeconds * 1000 };
  return { ...rule, writes: { ...rule.writes, pause } };
}
