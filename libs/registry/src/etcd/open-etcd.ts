import type { Connection } from "./connection.ts";
import { EtcdUnreachableError, LeaseGoneError, type Etcd } from "./etcd.ts";
import { Member } from "./member.ts";
import { Members } from "./members.ts";
import { conditionalDelete, conditionalPut, entryOf, rangeOf } from "./messages.ts";
import { Reachability, type RegistryLog } from "./reachability.ts";
import { renewOnce } from "./renew-once.ts";

export interface EtcdOptions {
  readonly log: RegistryLog;
  /** A member that serves a watch must show that often that it is part of the quorum, in milliseconds. Default 10000. */
  readonly quorumCheckMs?: number;
}

/**
 * Connects to etcd, in the background, through the etcd3 package's generated clients.
 *
 * Its `Lease` and `Watcher` are not used, and neither is its connection pool (`channel.ts` says why). The first spins in microtasks when it is granted again while etcd is down and
 * notices a silent partition after 2 x TTL; the second resumes past changes it has not delivered, waits in silence for
 * a revision that a re-created etcd does not have, and throws in its data handler.
 */
export function openEtcd(connection: Connection, { log, quorumCheckMs = 10_000 }: EtcdOptions): Etcd {
  const { endpoints } = connection;
  const members = new Members(
    endpoints.map((endpoint) => new Member(endpoint, connection, quorumCheckMs)),
    Math.random(),
  );
  const reachability = new Reachability(log, { endpoints });

  const ask = async <T>(call: (member: Member) => Promise<T>): Promise<T> => {
    try {
      const answer = await members.ask((member) => member.ask(call));
      reachability.answered();
      return answer;
    } catch (error) {
      if (error instanceof EtcdUnreachableError) reachability.failed(error);
      else reachability.answered();
      throw error;
    }
  };

  const write = (request: ReturnType<typeof conditionalPut>): ReturnType<Etcd["put"]> =>
    ask(async ({ kv }) => {
      const { header, succeeded, responses } = await kv.txn(request);
      const revision = BigInt(header.revision);
      if (succeeded) return { tag: "written", revision };
      const current = responses[0]?.response_range.kvs[0];
      return { tag: "refused", current: current && entryOf(current), revision };
    });

  return {
    list: (range) =>
      ask(async ({ kv }) => {
        const { header, kvs } = await kv.range(rangeOf(range));
        return { clusterId: header.cluster_id, revision: BigInt(header.revision), entries: kvs.map(entryOf) };
      }),

    put: (put) => write(conditionalPut(put)),
    delete: (deletion) => write(conditionalDelete(deletion)),

    grantLease: (ttlSeconds) => ask(async ({ leases }) => (await leases.leaseGrant({ TTL: ttlSeconds })).ID),

    keepAlive(lease, timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      return ask(({ leases }) => renewOnce(leases, lease, deadline));
    },

    leaseSecondsLeft: (lease) =>
      ask(async ({ leases }) => {
        const seconds = Number((await leases.leaseTimeToLive({ ID: lease })).TTL);
        return seconds < 0 ? undefined : seconds; // -1 is what etcd answers for a lease that has ended
      }),

    async revokeLease(lease) {
      try {
        await ask(({ leases }) => leases.leaseRevoke({ ID: lease }));
      } catch (error) {
        if (!(error instanceof LeaseGoneError)) throw error;
      }
    },

    async *watch(range, from, signal) {
      const member = members.current;
      try {
        for await (const answer of member.watch(range, from, signal)) {
          reachability.answered();
          yield answer;
        }
      } catch (error) {
        // One stream of one member says nothing of etcd as a whole; what is asked next will, of another member.
        if (error instanceof EtcdUnreachableError) members.leave(member);
        throw error;
      }
    },

    pause: (ms, signal) => reachability.pause(ms, signal),
    close: () => members.close(),
  };
}
