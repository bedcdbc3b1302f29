import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { EtcdUnreachableError, LeaseGoneError } from "./etcd.ts";
import { etcdFailure } from "./failure.ts";

const grpcError = (message: string, code: status): Error => Object.assign(new Error(message), { code });

describe("etcdFailure", () => {
  it.each([
    [
      "14 UNAVAILABLE: No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ",
      "connect ECONNREFUSED 127.0.0.1:1",
    ],
    ["14 UNAVAILABLE: etcdserver: no leader", "etcdserver: no leader"],
    ["4 DEADLINE_EXCEEDED: Deadline exceeded after 2.001s", "Deadline exceeded after 2.001s"],
    ["etcd ended the stream of a watch", "etcd ended the stream of a watch"],
  ])("says of a member that does not answer why: %s", (message, reason) => {
    const failure = etcdFailure(grpcError(message, status.UNAVAILABLE));
    expect(failure).toBeInstanceOf(EtcdUnreachableError);
    expect(failure.message).toBe(reason);
  });

  it("knows a lease that has ended", () => {
    const words = "5 NOT_FOUND: etcdserver: requested lease not found";
    expect(etcdFailure(grpcError(words, status.NOT_FOUND))).toBeInstanceOf(LeaseGoneError);
  });

  it("leaves a refusal what it is, and what is ours already", () => {
    const refusal = etcdFailure(
      grpcError("7 PERMISSION_DENIED: etcdserver: permission denied", status.PERMISSION_DENIED),
    );
    expect(refusal).not.toBeInstanceOf(EtcdUnreachableError);
    expect(refusal.message).toContain("permission denied");
    const ours = new EtcdUnreachableError("x");
    expect(etcdFailure(ours)).toBe(ours);
  });
});
