import { castGrpcError, GRPCUnavailableError, type ILeaseKeepAliveResponse, type LeaseClient } from "etcd3";

/**
 * Renews a lease with one message on a stream of its own, so that no answer can belong to an earlier lease or stream
 * and every renewal has its deadline.
 *
 * @param deadline milliseconds since the epoch
 * @returns whether etcd still knew the lease
 */
export async function renewOnce(leases: LeaseClient, lease: string, deadline: number): Promise<boolean> {
  const stream = await leases.leaseKeepAlive({ deadline });
  const { promise, resolve, reject } = Promise.withResolvers<ILeaseKeepAliveResponse>();
  stream
    .on("data", resolve)
    .on("error", (error) => reject(castGrpcError(error)))
    .on("end", () => reject(new GRPCUnavailableError("etcd ended the stream without an answer")));
  stream.write({ ID: lease });
  const { TTL } = await promise;
  stream.end();
  return TTL !== "0"; // what etcd answers for a lease that has ended
}
