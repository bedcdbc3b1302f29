import { CompareTarget, Range, type IEvent, type IKeyValue, type ITxnRequest, type IWatchResponse } from "etcd3";
import type { Change, Conditional, ConditionalPut, Entry, KeyRange, WatchAnswer } from "./etcd.ts";

export function rangeOf(range: KeyRange) {
  if ("key" in range) return { key: Buffer.from(range.key) };
  const { start, end } = Range.prefix(range.prefix);
  return { key: start, range_end: end };
}

/** Writes the key when its revision is as expected, and reads it otherwise. */
export function conditionalPut({ value, lease, ...condition }: ConditionalPut): ITxnRequest {
  const key = Buffer.from(condition.key);
  return conditional(condition, { request_put: { key, value: Buffer.from(value), lease } });
}

/** Deletes the key when its revision is as expected, and reads it otherwise. */
export function conditionalDelete(condition: Conditional): ITxnRequest {
  return conditional(condition, { request_delete_range: { key: Buffer.from(condition.key) } });
}

function conditional({ key, ifModRevision }: Conditional, write: NonNullable<ITxnRequest["success"]>[number]) {
  const name = Buffer.from(key);
  return {
    compare: [{ key: name, target: CompareTarget.Mod, mod_revision: String(ifModRevision) }],
    success: [write],
    failure: [{ request_range: { key: name } }],
  };
}

export function entryOf({ key, value, lease, mod_revision }: IKeyValue): Entry {
  return { key: key.toString(), value, lease, modRevision: BigInt(mod_revision) };
}

/** @throws when the answer says that etcd has ended the watch, as it does after a compaction */
export function watchAnswerOf({ header, canceled, compact_revision, cancel_reason, events }: IWatchResponse) {
  if (canceled) {
    throw new Error(`etcd ended the watch: ${cancel_reason || `revisions before ${compact_revision} are compacted`}`);
  }
  return {
    clusterId: header.cluster_id,
    revision: BigInt(header.revision),
    changes: events.map(changeOf),
  } satisfies WatchAnswer;
}

function changeOf({ type, kv }: IEvent): Change {
  // The package declares `Put` and `Delete`, and delivers the names as the protocol spells them: `PUT`, `DELETE`.
  return type.toUpperCase() === "DELETE"
    ? { tag: "delete", key: kv.key.toString() }
    : { tag: "put", entry: entryOf(kv) };
}
