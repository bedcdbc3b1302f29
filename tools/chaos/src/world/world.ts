import { setTimeout as sleep } from "node:timers/promises";
import type { EtcdFlags } from "@banyan/dev";
import type { Credentials, Operator } from "./operator.ts";

/** An etcd to be broken, of one member or of three. */
export interface World extends AsyncDisposable {
  /** As etcd reports it: `3.5.16`. */
  readonly version: string;
  /** Client addresses of all members, through no proxy. */
  readonly endpoints: readonly string[];
  /** Asks a member that is up and not cut off. */
  readonly operator: Operator;
  /** With which clients must come, where etcd lets nobody else in. */
  credentials?: Credentials;
}

export interface WorldOptions {
  readonly flags?: EtcdFlags;
  /** Gets every line that etcd prints. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

const pollMs = 50;
const limitMs = 30_000;

/**
 * Waits until etcd answers a linearizable read: there is a leader, and most members follow it.
 *
 * @throws when it has not done so within 30 seconds
 */
export async function untilReachable({ operator }: World, signal: AbortSignal): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    try {
      await operator.list("/services/");
      return;
    } catch (error) {
      if (signal.aborted || performance.now() > giveUpAt) throw error;
      await sleep(pollMs, undefined, { signal });
    }
  }
}
