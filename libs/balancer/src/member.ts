import { CallCost } from "./call-cost.ts";
import { CallRecord } from "./ejection/call-record.ts";
import { hashText } from "./hash.ts";
import { weightOf, type BalancedInstance } from "./instance.ts";

/** Whether calls go to an instance, as far as their outcomes decide. */
export type Standing =
  /** In service since; `-Infinity` for one that needs no slow start. */
  { readonly tag: "serving"; readonly sinceMs: number } | { readonly tag: "ejected"; readonly untilMs: number };

/** An instance, and all that is known of it. It is the same object for as long as the instance is listed. */
export class Member<I extends BalancedInstance> {
  readonly id: string;
  /** Of its id. */
  readonly hash: number;
  readonly cost = new CallCost();
  readonly record: CallRecord;
  standing: Standing;
  /** What active health checks say; until they do, it is taken to be healthy. */
  healthy = true;
  /** Calls that were picked and are not done. */
  inFlight = 0;
  /** Those of them that have no answer yet. */
  waiting = 0;
  pickedAt: number;
  #instance: I;
  #weight: number;
  /** The sum of the times at which the waiting calls were picked. */
  #waitingSince = 0;

  constructor(instance: I, sinceMs: number, now: number) {
    this.#instance = instance;
    this.#weight = weightOf(instance);
    this.id = instance.id;
    this.hash = hashText(instance.id);
    this.standing = { tag: "serving", sinceMs };
    this.record = new CallRecord(now);
    this.pickedAt = now;
  }

  get instance(): I {
    return this.#instance;
  }

  get weight(): number {
    return this.#weight;
  }

  /** Takes what discovery says anew of the same instance. */
  replace(instance: I): void {
    this.#instance = instance;
    this.#weight = weightOf(instance);
  }

  /** It is back, from an ejection or from ill health: it starts slowly, and with nothing known, as a newcomer does. */
  comeBack(now: number): void {
    this.standing = { tag: "serving", sinceMs: now };
    this.cost.forget();
  }

  picked(now: number): void {
    this.inFlight++;
    this.waiting++;
    this.#waitingSince += now;
    this.pickedAt = now;
  }

  /** A waiting call got its answer, or will never. */
  waited(since: number): void {
    this.waiting--;
    // Starts from nothing again, so that rounding does not add up.
    this.#waitingSince = this.waiting === 0 ? 0 : this.#waitingSince - since;
  }

  /** How long the waiting calls have waited on average, in milliseconds: at least that is what an answer takes now. */
  waitingMs(now: number): number {
    return this.waiting === 0 ? 0 : now - this.#waitingSince / this.waiting;
  }
}
