import type { Pool, PoolClient } from "pg";

/** How a pool of connections is used: plain data, for metrics and people. */
export interface PoolStatus {
  /** The name of the database. */
  readonly name: string;
  /** The most connections that there may be. */
  readonly max: number;
  readonly used: number;
  readonly idle: number;
  /** Requests that wait for a connection now. */
  readonly waiting: number;
  /** Requests for a connection that were answered, and how long they have waited, all together, in milliseconds. */
  readonly served: number;
  readonly waitedMs: number;
  /** Requests that got none: in time, or at all. */
  readonly timeouts: number;
}

/** A pool that knows how long its connections were waited for. */
export class MeasuredPool {
  readonly #pool: Pool;
  #served = 0;
  #waitedMs = 0;
  #timeouts = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async connect(): Promise<PoolClient> {
    const startedAt = performance.now();
    try {
      const client = await this.#pool.connect();
      this.#served++;
      this.#waitedMs += performance.now() - startedAt;
      return client;
    } catch (error) {
      this.#timeouts++;
      throw error;
    }
  }

  status(name: string): PoolStatus {
    const { totalCount, idleCount, waitingCount, options } = this.#pool;
    return {
      name,
      max: options.max,
      used: totalCount - idleCount,
      idle: idleCount,
      waiting: waitingCount,
      served: this.#served,
      waitedMs: this.#waitedMs,
      timeouts: this.#timeouts,
    };
  }
}
