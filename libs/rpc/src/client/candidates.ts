import type { Picked, PickRequest } from "@banyan/balancer";
import type { InstanceRests } from "@banyan/resilience";
import type { Fleet, Member } from "./fleet.ts";

/** Whom one call may ask next: those that it has not asked yet, and that have not asked for a rest. */
export class Candidates {
  readonly #fleet: Pick<Fleet, "pick">;
  readonly #rests: InstanceRests;
  readonly #key: string | undefined;
  /** Those that were asked: most calls ask one. */
  #first: string | undefined;
  #asked: Set<string> | undefined;
  #soonestMs = Infinity;

  /** @param key of the request, where the strategy is `rendezvous` */
  constructor(fleet: Pick<Fleet, "pick">, rests: InstanceRests, key: string | undefined) {
    this.#fleet = fleet;
    this.#rests = rests;
    this.#key = key;
  }

  /** After a pick that found nobody: the milliseconds until the first of those that rest may be asked; 0 where none rests. */
  get soonestMs(): number {
    return this.#soonestMs === Infinity ? 0 : this.#soonestMs;
  }

  pick(): Picked<Member> | undefined {
    this.#soonestMs = Infinity;
    let exclude: ReadonlySet<string> | undefined =
      this.#asked ?? (this.#first === undefined ? undefined : new Set([this.#first]));
    for (;;) {
      const picked = this.#fleet.pick(this.request(exclude));
      if (picked === undefined || !this.#rests.isResting(picked.instance.id, performance.now())) return picked;
      picked.done("neutral");
      this.#soonestMs = Math.min(this.#soonestMs, this.#rests.leftMs(picked.instance.id, performance.now()));
      exclude = new Set(exclude).add(picked.instance.id);
    }
  }

  /** Notes that one is being asked. */
  note(id: string): void {
    if (this.#first === undefined) this.#first = id;
    else (this.#asked ??= new Set([this.#first])).add(id);
  }

  /** Everybody may be asked again. */
  forget(): void {
    this.#first = this.#asked = undefined;
  }

  /** What to pick by, for whoever waits for the first instance. */
  request(exclude?: ReadonlySet<string>): PickRequest | undefined {
    const key = this.#key;
    if (key === undefined && exclude === undefined) return undefined;
    return { ...(key !== undefined && { key }), ...(exclude !== undefined && { exclude }) };
  }
}
