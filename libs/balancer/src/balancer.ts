import { Call, type CallListener, type Outcome, type Picked } from "./call.ts";
import { slowStartSteps } from "./defaults.ts";
import { Ejector, readmit } from "./ejection/ejector.ts";
import type { BalancedInstance } from "./instance.ts";
import { lineUp, type Lineup } from "./lineup.ts";
import { Member } from "./member.ts";
import { settingsOf, type BalancerOptions, type BalancerPolicy, type Settings } from "./options.ts";
import { statusOf, type InstanceStatus } from "./status.ts";
import { ForcedPicks } from "./strategies/forced-picks.ts";
import { pickerOf } from "./strategies/picker-of.ts";
import type { Picker, PickRequest } from "./strategies/picker.ts";
import { subsetOf } from "./subset.ts";

/**
 * Chooses an instance for each call, by what became of the calls before.
 *
 * It has no timer and does no I/O: what time changes (an ejection ends, a share grows, an interval is over) is seen by the
 * first pick, or end of a call, that comes after it.
 */
export class Balancer<I extends BalancedInstance> {
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #forcedPicks = new ForcedPicks();
  readonly #listener: CallListener<I>;
  readonly #onEjection: ((id: string) => void) | undefined;
  #settings: Settings;
  #listed: readonly I[] = [];
  /** Those who are called, by id. */
  #members: ReadonlyMap<string, Member<I>> = new Map();
  #roster: readonly Member<I>[] = [];
  #ejector: Ejector<I> | undefined;
  #lineup: Lineup<I>;
  #picker: Picker<I>;
  /** From this time on the lineup is another. */
  #lineupUntil = Number.POSITIVE_INFINITY;

  /** @throws {RangeError} for the first option that is out of bounds: `slowStartMs: expected a number in [0, 3600000], got -1` */
  constructor({ now, random, onEjection, ...policy }: BalancerOptions) {
    this.#now = now;
    this.#onEjection = onEjection;
    this.#random = random;
    this.#settings = settingsOf(policy);
    this.#listener = {
      answered: (call) => this.#callAnswered(call, now()),
      done: (call, outcome) => this.#callDone(call, outcome, now()),
    };
    this.#lineup = lineUp([], this.#settings, 0);
    this.#picker = pickerOf(this.#lineup, this.#settings, random, this.#forcedPicks);
  }

  /** Those among whom calls are balanced: all that were listed last, or the subset of them. */
  get instances(): readonly I[] {
    return this.#roster.map(({ instance }) => instance);
  }

  /**
   * Takes a new list of instances. Who stays, by id, keeps what is known of it; who is new starts slowly, unless everybody
   * is. Of several with one id the last counts. O(n), with a subset O(n log n).
   */
  update(instances: readonly I[]): void {
    this.#listed = [...new Map(instances.map((instance) => [instance.id, instance])).values()];
    this.#enlist(this.#now());
  }

  /**
   * Takes another policy, and keeps what is known of the instances.
   *
   * @throws {RangeError} as the constructor does; the policy before then stays
   */
  configure(policy: BalancerPolicy): void {
    this.#settings = settingsOf(policy);
    this.#enlist(this.#now());
  }

  /**
   * An instance for one call; undefined when there is none that is not excluded. When everybody who may be called is
   * excluded, it is one who otherwise would not be: of another zone, unhealthy, ejected.
   */
  pick(request?: PickRequest): Picked<I> | undefined {
    const now = this.#now();
    if (now >= this.#lineupUntil) this.#lineUp(now);
    const member = this.#picker.pick(now, request) ?? this.#pickLeft(request?.exclude);
    if (member === undefined) return undefined;
    member.picked(now);
    return new Call(member, now, this.#listener);
  }

  /**
   * Takes the word of an active health check; that of an unknown instance is ignored. An instance that was unhealthy and is
   * healthy again starts slowly, and its ejection is over: the check saw the fault come and go. One that the check never
   * saw ill stays ejected: the check does not see what the calls see.
   */
  setHealthy(id: string, healthy: boolean): void {
    const member = this.#members.get(id);
    if (member === undefined || member.healthy === healthy) return;
    const now = this.#now();
    member.healthy = healthy;
    if (healthy && member.standing.tag === "ejected") readmit(member, now);
    else if (healthy) member.comeBack(now);
    this.#lineUp(now);
  }

  /** What is known of each of `instances`. */
  status(): readonly InstanceStatus[] {
    const now = this.#now();
    if (now >= this.#lineupUntil) this.#lineUp(now);
    return statusOf(this.#roster, this.#lineup, this.#settings.latency, now);
  }

  #enlist(now: number): void {
    const { subset, ejection } = this.#settings;
    const instances = subset === undefined ? this.#listed : subsetOf(this.#listed, subset);
    const before = this.#members;
    const anyStays = instances.some(({ id }) => before.has(id));
    const sinceMs = anyStays ? now : Number.NEGATIVE_INFINITY;
    this.#roster = instances.map((instance) => {
      const member = before.get(instance.id);
      member?.replace(instance);
      return member ?? new Member(instance, sinceMs, now);
    });
    this.#members = new Map(this.#roster.map((member) => [member.id, member]));
    const intervalSince = this.#ejector?.intervalSince ?? now;
    this.#ejector = ejection && new Ejector(ejection, this.#roster, intervalSince, this.#onEjection);
    this.#lineUp(now);
  }

  #lineUp(now: number): void {
    const { ejection, slowStartMs } = this.#settings;
    let until = Number.POSITIVE_INFINITY;
    for (const member of this.#roster) {
      if (member.standing.tag === "ejected" && (ejection === undefined || now >= member.standing.untilMs))
        readmit(member, now);
      if (member.standing.tag === "ejected") until = Math.min(until, member.standing.untilMs);
      else if (now < member.standing.sinceMs + slowStartMs) until = Math.min(until, now + slowStartMs / slowStartSteps);
    }
    this.#lineup = lineUp(this.#roster, this.#settings, now);
    this.#picker = pickerOf(this.#lineup, this.#settings, this.#random, this.#forcedPicks);
    this.#lineupUntil = until;
  }

  /** Anybody who is not excluded, of the best there is: O(n), when a picker found nobody. */
  #pickLeft(exclude: ReadonlySet<string> | undefined): Member<I> | undefined {
    if (exclude === undefined || exclude.size === 0) return undefined;
    for (const candidates of [this.#lineup.members, this.#lineup.available, this.#roster]) {
      const left = candidates.filter(({ id }) => !exclude.has(id));
      if (left.length > 0) return left[Math.floor(this.#random() * left.length)];
    }
    return undefined;
  }

  #callAnswered({ member, pickedAt }: Call<I>, now: number): void {
    member.waited(pickedAt);
    member.cost.answered(now - pickedAt, now, this.#settings.latency);
  }

  #callDone(call: Call<I>, outcome: Outcome, now: number): void {
    const { member, pickedAt, stage } = call;
    member.inFlight--;
    if (stage === "waiting") {
      if (outcome === "success") this.#callAnswered(call, now);
      else {
        member.waited(pickedAt);
        member.cost.waited(now - pickedAt, now);
      }
    }
    if (outcome === "neutral") return;
    const failed = outcome === "failure";
    member.cost.ended(failed, now, this.#settings.latency);
    if (this.#ejector?.count(member, failed, pickedAt, now)) this.#lineUp(now);
  }
}
