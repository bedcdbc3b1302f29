import type { TrafficReport } from "../report/traffic-report.ts";
import type { TrafficRule } from "../rule/traffic-rule.ts";
import type { TrafficRuleError } from "../rule/traffic-rule-error.ts";
import type { HistoryEntry } from "./history-entry.ts";

/** A rule, and the revision that it is written back on the condition of. */
export interface StoredRule {
  readonly rule: TrafficRule;
  readonly revision: bigint;
}

export type TrafficNews =
  | { readonly tag: "rule"; readonly stored: StoredRule | undefined }
  /** Somebody has written a rule that every split refuses. */
  | { readonly tag: "malformed rule"; readonly error: TrafficRuleError; readonly revision: bigint }
  /** All reports that there are now. */
  | { readonly tag: "reports"; readonly reports: readonly TrafficReport[] };

/**
 * Rules, reports and the history of services, as all who steer traffic share them. `service` is a name, else every call is a
 * TypeError. A call fails with `EtcdUnreachableError` when etcd has not answered within a few seconds; whether a write has
 * happened is not known then.
 */
export interface TrafficStore extends AsyncDisposable {
  /** The services that have a rule or a report, by name. */
  listServices(): Promise<readonly string[]>;

  /** @throws {TrafficRuleError} when what is there is no rule */
  read(service: string): Promise<StoredRule | undefined>;

  /**
   * Writes a rule if nobody else has since.
   *
   * @param expectedRevision that of the rule which it replaces; `noRule` where there is to be none
   * @returns the revision of the rule, or that somebody else was faster
   */
  write(service: string, rule: TrafficRule, expectedRevision: bigint): Promise<bigint | "conflict">;

  /**
   * Writes a report under the lease of this store, which is renewed by this call alone: the report of a process that stops
   * calling is gone one TTL later, 10 s. A report that is like the one before is not written again.
   */
  publishReport(report: TrafficReport): Promise<void>;

  /** The reports of all processes, by instance; what cannot be read is left out. */
  listReports(service: string): Promise<readonly TrafficReport[]>;

  /** Keeps the last 200 entries. @throws {z.ZodError} when the entry is out of its bounds */
  appendHistory(service: string, entry: HistoryEntry): Promise<void>;

  /** From the oldest to the newest; what cannot be read is left out. */
  listHistory(service: string): Promise<readonly HistoryEntry[]>;

  /**
   * Tells the rule and the reports as they are and as they become, until `signal` is aborted; while etcd is away, nothing.
   * A `listener` must not throw.
   */
  watch(service: string, listener: (news: TrafficNews) => void, signal: AbortSignal): void;

  /** Takes the reports of this store away. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The revision where there is no rule. */
export const noRule = 0n;
