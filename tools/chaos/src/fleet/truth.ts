import type { Instance } from "@banyan/registry";

/** An instance of a service, as one dials it. */
export type Whereabouts = Pick<Instance, "id" | "address">;

/**
 * Who is really there: what lists are compared with. An instance is there from its announcement on until it withdraws,
 * crashes or freezes, whatever etcd knows of it.
 */
export class Truth {
  readonly #present = new Map<string, Whereabouts>();
  /** Since when those are gone who were there, by `performance.now()`, and what their leases live for. */
  readonly #gone = new Map<string, Departure>();

  arrive(instance: Whereabouts): void {
    this.#present.set(nameOf(instance), instance);
    this.#gone.delete(nameOf(instance));
  }

  /** @param ttlSeconds how long etcd may still list it, when nobody tells etcd */
  leave(instance: Whereabouts, ttlSeconds: number): void {
    this.#present.delete(nameOf(instance));
    this.#gone.set(nameOf(instance), { since: performance.now(), ttlSeconds });
  }

  /** Takes back an arrival: for the time being nobody may list it at all. */
  hide(instance: Whereabouts): void {
    this.#present.delete(nameOf(instance));
  }

  isThere(instance: Whereabouts): boolean {
    return this.#present.has(nameOf(instance));
  }

  /** When it went; undefined for one that is there or never was. */
  departureOf(instance: Whereabouts): Departure | undefined {
    return this.#gone.get(nameOf(instance));
  }

  get present(): readonly Whereabouts[] {
    return [...this.#present.values()];
  }
}

export interface Departure {
  readonly since: number;
  readonly ttlSeconds: number;
}

export function nameOf({ id, address }: Whereabouts): string {
  return `${id} at ${address}`;
}
