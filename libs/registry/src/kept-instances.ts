import { deadline, rest } from "./deadline.ts";
import type { Instance, InstanceProbe } from "./instances.ts";

/** Bound of one probe, in milliseconds. */
const probeMs = 2000;

/** The rest between one round of probes and the next, in milliseconds. */
const restMs = 1000;

/** So many are probed at the same time. */
const maxProbes = 100;

export interface KeepingPlan {
  readonly service: string;
  readonly probe: InstanceProbe;
  /** An instance that was kept does not answer any more. */
  readonly onGone: (instance: Instance) => void;
}

/**
 * Keeps instances that a list lacks for as long as they answer a probe. It is for lists that lack more than half of
 * what was there: an etcd that lost its data, or was restored from a backup, must not leave callers with nobody to call
 * while everybody is there and about to announce itself again.
 */
export class KeptInstances implements Disposable {
  readonly #plan: KeepingPlan;
  readonly #kept = new Map<string, Instance>();
  readonly #closing = new AbortController();
  #isProbing = false;

  constructor(plan: KeepingPlan) {
    this.#plan = plan;
  }

  get size(): number {
    return this.#kept.size;
  }

  /**
   * Chooses from those that a new list lacks.
   *
   * @param known how many there were before the list
   * @returns those that stay for now
   */
  choose(known: number, missing: readonly Instance[]): readonly Instance[] {
    const isSuspicious = missing.filter(({ id }) => !this.#kept.has(id)).length * 2 > known;
    const staying = isSuspicious ? missing : missing.filter(({ id }) => this.#kept.has(id));
    this.#kept.clear();
    for (const instance of staying) this.#kept.set(instance.id, instance);
    if (!this.#isProbing) void this.#probeRounds();
    return staying;
  }

  /** Probes one no more: it is listed again, or was taken from the list. */
  release(id: string): void {
    this.#kept.delete(id);
  }

  [Symbol.dispose](): void {
    this.#kept.clear();
    this.#closing.abort();
  }

  async #probeRounds(): Promise<void> {
    this.#isProbing = true;
    while (this.#kept.size > 0) {
      const waiting = this.#kept.values();
      const prober = async (): Promise<void> => {
        for (const instance of waiting) await this.#probe(instance);
      };
      await Promise.all(Array.from({ length: Math.min(maxProbes, this.#kept.size) }, prober));
      await rest(restMs, this.#closing.signal);
    }
    this.#isProbing = false;
  }

  async #probe(instance: Instance): Promise<void> {
    if (await this.#answers(instance)) return;
    if (this.#kept.get(instance.id) !== instance) return;
    this.#kept.delete(instance.id);
    this.#plan.onGone(instance);
  }

  async #answers(instance: Instance): Promise<boolean> {
    const { probe, service } = this.#plan;
    using due = deadline(probeMs, this.#closing.signal);
    const late = Promise.withResolvers<boolean>();
    due.signal.addEventListener("abort", () => late.resolve(false));
    try {
      return await Promise.race([probe(instance, service, due.signal), late.promise]);
    } catch {
      return false; // the probe could not reach it
    }
  }
}
