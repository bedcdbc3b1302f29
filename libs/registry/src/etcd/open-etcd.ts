import { castGrpcError, EtcdLeaseInvalidError, isRecoverableError, KVClient, LeaseClient, WatchClient } from "etcd3";
import { ConnectionPool } from "etcd3/lib/connection-pool.js";
import { EtcdUnreachableError, LeaseGoneError, type Etcd } from "./etcd.ts";
import { conditionalPut, entryOf, rangeOf } from "./messages.ts";
import { Reachability, type RegistryLog } from "./reachability.ts";
import { renewOnce } from "./renew-once.ts";
import { onAnyMember, poolOptions } from "./tuning.ts";
import { watchStream } from "./watch-stream.ts";

/**
 * Connects to etcd, in the background, through the etcd3 package: its pool of connections and its generated clients.
 *
 * Its `Lease` and `Watcher` are not used. The first spins in microtasks when it is granted again while etcd is down and
 * notices a silent partition after 2 x TTL; the second resumes past changes it has not delivered, waits in silence for
 * a revision that a re-created etcd does not have, and throws in its data handler.
 *
 * @param endpoints `http://host:port` of the members
 */
export function openEtcd(endpoints: readonly string[], log: RegistryLog): Etcd {
  const pool = new ConnectionPool(poolOptions(endpoints));
  const kv = new KVClient(pool);
  const leases = new LeaseClient(pool);
  const watches = new WatchClient(pool);
  const reachability = new Reachability(log, { endpoints });

  const ask = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      const answer = await call();
      reachability.answered();
      return answer;
    } catch (error) {
      const failure = etcdFailure(error);
      if (failure instanceof EtcdUnreachableError) reachability.failed(failure);
      else reachability.answered();
      throw failure;
    }
  };

  return {
    list: (prefix) =>
      ask(async () => {
        const { header, kvs } = await kv.range(rangeOf({ prefix }));
        return { clusterId: header.cluster_id, revision: BigInt(header.revision), entries: kvs.map(entryOf) };
      }),

    put: (write) =>
      ask(async () => {
        const { header, succeeded, responses } = await kv.txn(conditionalPut(write));
        const revision = BigInt(header.revision);
        if (succeeded) return { tag: "written", revision };
        const current = responses[0]?.response_range.kvs[0];
        return { tag: "refused", current: current && entryOf(current), revision };
      }),

    grantLease: (ttlSeconds) => ask(async () => (await leases.leaseGrant({ TTL: ttlSeconds })).ID),
    keepAlive(lease, timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      return ask(() => onAnyMember.execute(() => renewOnce(leases, lease, deadline)));
    },

    async revokeLease(lease) {
      try {
        await ask(() => leases.leaseRevoke({ ID: lease }));
      } catch (error) {
        if (!(error instanceof LeaseGoneError)) throw error;
      }
    },

    async *watch(range, from, signal) {
      try {
        for await (const answer of watchStream(watches, range, from, signal)) {
          reachability.answered();
          yield answer;
        }
      } catch (error) {
        // One stream of one member says nothing of etcd as a whole; what is asked next will.
        throw etcdFailure(error);
      }
    },

    pause: (ms, signal) => reachability.pause(ms, signal),
    close: () => pool.close(),
  };
}

function etcdFailure(error: unknown): Error {
  const failure = error instanceof Error ? castGrpcError(error) : new Error(String(error));
  if (failure instanceof EtcdLeaseInvalidError) return new LeaseGoneError(failure.message, { cause: error });
  if (isRecoverableError(failure)) return new EtcdUnreachableError(failure.message, { cause: error });
  return failure;
}
