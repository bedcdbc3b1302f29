import { randomBytes } from "node:crypto";
import {
  absent,
  isName,
  listAndWatch,
  nameExpectation,
  noLease,
  type Entry,
  type Etcd,
  type KeyRange,
} from "@banyan/registry";
import { formatTrafficReport, parseTrafficReport, type TrafficReport } from "../report/traffic-report.ts";
import { formatTrafficRule, parseTrafficRule } from "../rule/traffic-rule.ts";
import { TrafficRuleError } from "../rule/traffic-rule-error.ts";
import { historyEntrySchema, type HistoryEntry } from "./history-entry.ts";
import { ReportLease } from "./report-lease.ts";
import type { StoredRule, TrafficNews, TrafficStore } from "./traffic-store.ts";

/** Of each service so many entries of the history are kept. */
const maxHistory = 200;

const rules = "/traffic/";
const reports = "/traffic-reports/";
const ruleKey = (service: string): string => `${rules}${checked(service)}`;
const reportPrefix = (service: string): string => `${reports}${checked(service)}/`;
const historyPrefix = (service: string): string => `/traffic-history/${checked(service)}/`;

type StoreEtcd = Omit<Etcd, "close" | "leaseSecondsLeft">;

/**
 * A store on etcd.
 *
 * @param etcd `registry.etcd`, which is not closed with the store
 */
export function createTrafficStore(etcd: StoreEtcd): TrafficStore {
  const lease = new ReportLease(etcd);
  return {
    async listServices() {
      const listings = await Promise.all([rules, reports].map(async (prefix) => etcd.list({ prefix })));
      const names = listings.flatMap(({ entries }) => entries.map(({ key }) => key.split("/")[2] ?? ""));
      return [...new Set(names.filter((name) => isName(name)))].toSorted();
    },

    async read(service) {
      const { entries } = await etcd.list({ key: ruleKey(service) });
      return storedRule(entries[0]);
    },

    async write(service, rule, expectedRevision) {
      const put = { key: ruleKey(service), value: formatTrafficRule(rule), lease: noLease };
      const outcome = await etcd.put({ ...put, ifModRevision: expectedRevision });
      return outcome.tag === "written" ? outcome.revision : "conflict";
    },

    async publishReport(report) {
      const key = `${reportPrefix(report.service)}${report.instance}`;
      await lease.write(key, formatTrafficReport(report), formatTrafficReport({ ...report, at: "" }));
    },

    async listReports(service) {
      return reportsIn((await etcd.list({ prefix: reportPrefix(service) })).entries);
    },

    async appendHistory(service, entry) {
      const prefix = historyPrefix(service);
      const { at, ...rest } = historyEntrySchema.parse(entry);
      const key = `${prefix}${new Date(at).toISOString()}-${randomBytes(4).toString("hex")}`;
      await etcd.put({ key, value: JSON.stringify({ at, ...rest }), lease: noLease, ifModRevision: absent });
      const { entries } = await etcd.list({ prefix });
      const tooOld = entries.toSorted(byKey).slice(0, Math.max(0, entries.length - maxHistory));
      for (const old of tooOld) await etcd.delete({ key: old.key, ifModRevision: old.modRevision });
    },

    async listHistory(service) {
      const { entries } = await etcd.list({ prefix: historyPrefix(service) });
      return entries.toSorted(byKey).flatMap((entry) => historyEntryOf(entry) ?? []);
    },

    watch(service, listener, signal) {
      follow(etcd, { key: ruleKey(service) }, ([entry]) => listener(newsOf(entry)), signal);
      const prefix = reportPrefix(service);
      follow(etcd, { prefix }, (entries) => listener({ tag: "reports", reports: reportsIn(entries) }), signal);
    },

    [Symbol.asyncDispose]: () => lease[Symbol.asyncDispose](),
  };
}

/** Tells all that is in a range, at first and after each change. */
function follow(
  etcd: StoreEtcd,
  range: KeyRange,
  tell: (entries: readonly Entry[]) => void,
  signal: AbortSignal,
): void {
  const known = new Map<string, Entry>();
  const follower = {
    onListing: ({ entries }: { readonly entries: readonly Entry[] }) => {
      known.clear();
      for (const entry of entries) known.set(entry.key, entry);
      tell([...known.values()]);
    },
    onAnswer: ({ changes }: Parameters<Parameters<typeof listAndWatch>[2]["onAnswer"]>[0]) => {
      for (const change of changes) {
        if (change.tag === "put") known.set(change.entry.key, change.entry);
        else known.delete(change.key);
      }
      if (changes.length > 0) tell([...known.values()]);
    },
    onState: () => undefined,
    onInterruption: () => undefined,
  };
  void listAndWatch(etcd, range, follower, signal);
}

function newsOf(entry: Entry | undefined): TrafficNews {
  try {
    return { tag: "rule", stored: storedRule(entry) };
  } catch (error) {
    if (!(error instanceof TrafficRuleError) || entry === undefined) throw error;
    return { tag: "malformed rule", error, revision: entry.modRevision };
  }
}

function storedRule(entry: Entry | undefined): StoredRule | undefined {
  return entry && { rule: parseTrafficRule(textOf(entry)), revision: entry.modRevision };
}

function reportsIn(entries: readonly Entry[]): readonly TrafficReport[] {
  return entries.toSorted(byKey).flatMap((entry) => parseTrafficReport(textOf(entry)) ?? []);
}

function historyEntryOf(entry: Entry): HistoryEntry | undefined {
  try {
    return historyEntrySchema.safeParse(JSON.parse(textOf(entry))).data;
  } catch {
    return undefined;
  }
}

function textOf({ value }: Entry): string {
  return Buffer.from(value).toString();
}

function byKey(left: Entry, right: Entry): number {
  return left.key < right.key ? -1 : 1;
}

function checked(service: string): string {
  if (isName(service)) return service;
  throw new TypeError(`name of a service: expected ${nameExpectation}, got ${JSON.stringify(service.slice(0, 80))}`);
}
