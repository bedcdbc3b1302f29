import { backoffMs } from "./backoff.ts";
import { EtcdUnreachableError } from "./etcd/etcd.ts";

/** Something that goes on for ever was interrupted, and is tried again after a pause. */
export interface Interruption {
  readonly cause: string;
  readonly retryMs: number;
}

/** @param failures failures in a row before this one, from 0 */
export function interruptionBy(error: unknown, failures: number): Interruption {
  return { cause: causeOf(error), retryMs: Math.round(backoffMs(failures, Math.random())) };
}

/**
 * How loud the log is about it: a warning for the first failure in a row, detail otherwise. That etcd does not answer
 * is detail too: it is said once for all who use it.
 */
export function levelOf(error: unknown, failures: number): "warn" | "debug" {
  return failures === 0 && !(error instanceof EtcdUnreachableError) ? "warn" : "debug";
}

export function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
