import { KVClient, LeaseClient, WatchClient } from "etcd3";
import { Channel } from "./channel.ts";
import type { Connection } from "./connection.ts";
import type { KeyRange, WatchAnswer } from "./etcd.ts";
import { etcdFailure } from "./failure.ts";
import { QuorumCheck } from "./quorum-check.ts";
import { watchStream } from "./watch-stream.ts";

/** One member of etcd: a connection, made in the background, and the package's generated clients on it. */
export class Member {
  readonly kv: KVClient;
  readonly leases: LeaseClient;
  readonly #watches: WatchClient;
  readonly #channel: Channel;
  readonly #quorum: QuorumCheck;

  /** @param checkMs while something is watched on the member, it must show that often that it is part of the quorum */
  constructor(endpoint: string, connection: Connection, checkMs: number) {
    this.#channel = new Channel(endpoint, connection);
    this.kv = new KVClient(this.#channel);
    this.leases = new LeaseClient(this.#channel);
    this.#watches = new WatchClient(this.#channel);
    this.#quorum = new QuorumCheck(checkMs, async (key) => {
      const { header } = await this.kv.range({ key, limit: 1, keys_only: true });
      return header.cluster_id;
    });
  }

  /** Makes a call. @throws {EtcdUnreachableError} when the member does not answer */
  async ask<T>(call: (member: this) => Promise<T>): Promise<T> {
    try {
      return await call(this);
    } catch (error) {
      throw etcdFailure(error);
    }
  }

  async *watch(range: KeyRange, from: bigint, signal: AbortSignal): AsyncGenerator<WatchAnswer> {
    try {
      yield* watchStream({ watches: this.#watches, quorum: this.#quorum }, range, from, signal);
    } catch (error) {
      const failure = etcdFailure(error);
      // A stream is refused by an answer on it; the list that follows opens the session anew.
      this.#channel.session.closedBy(failure.message);
      throw failure;
    }
  }

  close(): void {
    this.#channel.close();
  }
}
