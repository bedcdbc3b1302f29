import { absent, LeaseGoneError, type Etcd } from "@banyan/registry";

/** A report is gone so long after its process has stopped, in seconds. */
const ttlSeconds = 10;
/** Bound of one renewal, in milliseconds. */
const renewalMs = 2000;
/** Whoever has the key under another lease, and a lease that is lost: so many surprises in a row there are not. */
const maxAttempts = 5;

interface Held {
  readonly id: string;
  renewedAt: number;
}

interface Written {
  readonly text: string;
  readonly lease: string;
  readonly revision: bigint;
}

/** Values under one lease, which lives as long as they are written. */
export class ReportLease implements AsyncDisposable {
  readonly #etcd: Pick<Etcd, "grantLease" | "keepAlive" | "revokeLease" | "put">;
  readonly #written = new Map<string, Written>();
  #lease: Promise<Held> | undefined;

  constructor(etcd: Pick<Etcd, "grantLease" | "keepAlive" | "revokeLease" | "put">) {
    this.#etcd = etcd;
  }

  /** @param likeness what has to differ for the value to be written again */
  async write(key: string, value: string, likeness: string): Promise<void> {
    for (let attempt = 1, revision = this.#written.get(key)?.revision ?? absent; ; attempt++) {
      const { id } = await this.#alive();
      const last = this.#written.get(key);
      if (last?.lease === id && last.text === likeness) return;
      try {
        const outcome = await this.#etcd.put({ key, value, lease: id, ifModRevision: revision });
        if (outcome.tag === "written") {
          this.#written.set(key, { text: likeness, lease: id, revision: outcome.revision });
          return;
        }
        revision = outcome.current?.modRevision ?? absent;
      } catch (error) {
        if (!(error instanceof LeaseGoneError)) throw error;
        this.#lease = undefined;
      }
      if (attempt >= maxAttempts) throw new Error(`${key} changed under each of ${maxAttempts} attempts to write it`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    this.#written.clear();
    // A lease that was never granted, and one that etcd cannot be told of, end by themselves.
    const [held] = await Promise.allSettled([lease]);
    if (held.status === "fulfilled" && held.value !== undefined) {
      await Promise.allSettled([this.#etcd.revokeLease(held.value.id)]);
    }
  }

  /** The lease, renewed where a third of its time has passed, and another one where it has ended. */
  async #alive(): Promise<Held> {
    const held = this.#lease && (await this.#lease);
    if (held === undefined) return this.#grant();
    const now = performance.now();
    if (now - held.renewedAt < (ttlSeconds * 1000) / 3) return held;
    if (!(await this.#etcd.keepAlive(held.id, renewalMs))) return this.#grant();
    held.renewedAt = now;
    return held;
  }

  #grant(): Promise<Held> {
    const granting = (async () => {
      const renewedAt = performance.now();
      return { id: await this.#etcd.grantLease(ttlSeconds), renewedAt };
    })();
    this.#lease = granting;
    granting.catch(() => {
      if (this.#lease === granting) this.#lease = undefined;
    });
    return granting;
  }
}
