import type { Etcd } from "./etcd/etcd.ts";
import { interruptionBy } from "./interruption.ts";

export interface LeaseToRenew {
  readonly lease: string;
  readonly ttlMs: number;
  /** When it was asked for, by `performance.now()`: it may be as old as that. */
  readonly grantedAt: number;
  /** A renewal was answered. */
  readonly onRenewed: () => void;
  /** A renewal failed; the key stays in etcd until the lease runs out. */
  readonly onSuspect: (cause: string) => void;
}

/** Bound of one renewal, in milliseconds. */
const renewalTimeoutMs = 2000;

/**
 * Renews a lease every third of its TTL, and after a failure in short pauses, until etcd no longer knows it, until one
 * TTL has passed since the last answered renewal was sent, or until `signal` is aborted.
 *
 * The deadline is our own: nothing that a silent network or a stopped process hides can make a lease look alive.
 *
 * @returns why it ended
 */
export async function renewLease(etcd: Etcd, renewed: LeaseToRenew, signal: AbortSignal): Promise<string> {
  const { lease, ttlMs } = renewed;
  let answeredAt = renewed.grantedAt;
  let dueAt = answeredAt + ttlMs / 3;
  for (let failures = 0; ;) {
    await etcd.pause(Math.min(dueAt, answeredAt + ttlMs) - performance.now(), signal);
    if (signal.aborted) return "withdrawn";

    const sentAt = performance.now();
    const leftMs = answeredAt + ttlMs - sentAt;
    if (leftMs <= 0) return `no renewal was answered for ${ttlMs / 1000} s`;
    try {
      const isKnown = await etcd.keepAlive(lease, Math.min(renewalTimeoutMs, leftMs));
      if (signal.aborted) return "withdrawn";
      if (!isKnown) return "etcd no longer knows the lease";
      failures = 0;
      answeredAt = sentAt;
      dueAt = sentAt + ttlMs / 3;
      renewed.onRenewed();
    } catch (error) {
      if (signal.aborted) return "withdrawn";
      const { cause, retryMs } = interruptionBy(error, failures++);
      dueAt = performance.now() + retryMs;
      renewed.onSuspect(cause);
    }
  }
}
