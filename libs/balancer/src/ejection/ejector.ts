import type { BalancedInstance } from "../instance.ts";
import type { Member } from "../member.ts";
import type { EjectionSettings } from "../options.ts";
import { successRateOutliers } from "./success-rate.ts";

/** Ejects instances whose calls fail. It decides when a call ends: there is no timer. */
export class Ejector<I extends BalancedInstance> {
  readonly #settings: EjectionSettings;
  readonly #members: readonly Member<I>[];
  readonly #onEjection: ((id: string) => void) | undefined;
  #intervalSince: number;

  /**
   * @param members those among whom calls are balanced
   * @param intervalSince when the interval began that is running
   * @param onEjection told of each instance that is ejected, by its id
   */
  constructor(
    settings: EjectionSettings,
    members: readonly Member<I>[],
    intervalSince: number,
    onEjection?: (id: string) => void,
  ) {
    this.#settings = settings;
    this.#members = members;
    this.#intervalSince = intervalSince;
    this.#onEjection = onEjection;
  }

  get intervalSince(): number {
    return this.#intervalSince;
  }

  /**
   * Counts the outcome of a call.
   *
   * @param pickedAt when the call was picked
   * @returns whether somebody was ejected
   */
  count(member: Member<I>, failed: boolean, pickedAt: number, now: number): boolean {
    const swept = this.#sweep(now);
    const { record, standing } = member;
    if (standing.tag === "ejected" || pickedAt < record.countsFromMs) return swept;
    const onTrial = record.onTrial;
    record.add(failed);
    if (!failed || record.consecutiveFailures < (onTrial ? 1 : this.#settings.consecutiveFailures)) return swept;
    return this.#eject(member, now) || swept;
  }

  /** When an interval is over: compares the success rates, and forgives those who served it whole. */
  #sweep(now: number): boolean {
    const { intervalMs, minCalls } = this.#settings;
    const since = this.#intervalSince;
    const over = Math.floor((now - since) / intervalMs);
    if (over < 1) return false;
    this.#intervalSince += over * intervalMs;
    const serving = this.#members.filter(({ standing }) => standing.tag === "serving");
    // Counts of an interval that ended long ago say nothing of the present.
    const judged = over === 1 ? serving.filter(({ record }) => record.calls >= minCalls) : [];
    const outliers = successRateOutliers(judged.map(({ record }) => record)).flatMap((index) => judged[index] ?? []);
    const ejected = outliers.filter((member) => this.#eject(member, now));
    for (const { standing, record } of serving) {
      // A50: "If the address is not ejected and the multiplier is greater than 0, decrease the multiplier by 1."
      if (standing.tag === "serving" && record.countsFromMs <= since) record.forgive(over);
    }
    for (const { record } of this.#members) record.startInterval();
    return ejected.length > 0;
  }

  #eject(member: Member<I>, now: number): boolean {
    if (!this.#mayEject(member)) return false;
    const { baseMs, maxMs } = this.#settings;
    const { record } = member;
    record.ejections++;
    // A50: "min(base_ejection_time * multiplier, max(base_ejection_time, max_ejection_time))"
    member.standing = { tag: "ejected", untilMs: now + Math.min(baseMs * record.ejections, maxMs) };
    this.#onEjection?.(member.id);
    return true;
  }

  /** Whether enough others are left to call. */
  #mayEject(candidate: Member<I>): boolean {
    const total = this.#members.length;
    const missing = this.#members.filter((member) => member !== candidate && !isAvailable(member)).length;
    const allowed = Math.max(1, Math.floor((total * this.#settings.maxPercent) / 100));
    return missing < Math.min(allowed, total - 1);
  }
}

/** Whether calls may go to an instance, when there is no panic. */
export function isAvailable({ healthy, standing }: Member<BalancedInstance>): boolean {
  return healthy && standing.tag === "serving";
}

/** Ends an ejection: the instance is on trial. */
export function readmit(member: Member<BalancedInstance>, now: number): void {
  member.comeBack(now);
  member.record.startTrial(now);
}
