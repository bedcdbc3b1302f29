import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import type { TrafficRule } from "../rule/traffic-rule.ts";
import type { Side } from "../side.ts";
import { bucketOf } from "./bucket.ts";

/** What of a method a decision depends on; a `DescMethod` is one. */
export interface DecidedMethod {
  readonly name: string;
  readonly idempotency: Idempotency;
}

/** What of a call a decision depends on. */
export interface DecidedCall {
  /** What the call is about, after which it always goes to the same side; undefined for one that says nothing of it. */
  readonly key?: string | undefined;
  /** In [0, 1): stands for the key where there is none. */
  readonly random: number;
  /** The side that the caller asks for by {@link sideHeader}. */
  readonly override?: Side | undefined;
}

export type Decision =
  | { readonly tag: "read"; readonly side: Side; readonly why: "mode" | "percent" | "override" }
  | { readonly tag: "write"; readonly side: Side; readonly epoch: number };

/** Who answers a call, by the rule alone. A write goes to the owner of the writes in every mode. */
export function decide(rule: TrafficRule, method: DecidedMethod, call: DecidedCall): Decision {
  if (!isRead(method)) return { tag: "write", side: rule.writes.owner, epoch: rule.writes.epoch };
  const { mode, override } = rule;
  switch (mode) {
    case "off":
      return { tag: "read", side: "legacy", why: "mode" };
    case "all":
      return { tag: "read", side: "candidate", why: "mode" };
    case "shadow":
    case "split":
      if (override && call.override !== undefined) return { tag: "read", side: call.override, why: "override" };
      if (mode === "shadow") return { tag: "read", side: "legacy", why: "mode" };
      return { tag: "read", side: sideOf(percentOf(rule, method.name), call), why: "percent" };
    default:
      return mode satisfies never;
  }
}

/** Only what declares that it changes nothing may be asked of either side, and of both. */
export function isRead({ idempotency }: Pick<DecidedMethod, "idempotency">): boolean {
  return idempotency === Idempotency.NO_SIDE_EFFECTS;
}

/** The candidate's share of a method, in [0, 100]. */
export function percentOf({ methods, percent }: TrafficRule, method: string): number {
  return ownEntry(methods, method)?.percent ?? percent;
}

/** The field that a method is sticky by. */
export function stickyPathOf({ methods, sticky }: TrafficRule, method: string): string | undefined {
  return ownEntry(methods, method)?.sticky ?? sticky;
}

function sideOf(percent: number, { key, random }: DecidedCall): Side {
  const bucket = key === undefined ? random * 100 : bucketOf(key);
  return bucket < percent ? "candidate" : "legacy";
}

function ownEntry<T>(entries: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
}
