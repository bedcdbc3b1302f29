import { healthWord, type Row, type Snapshot } from "./snapshot.ts";

/** The snapshot for a program to read; README.md has its fields. */
export function snapshotJson({ endpoints, list, rows }: Snapshot): object {
  return {
    etcd: endpoints,
    readAt: list.tag === "asking" ? undefined : list.readAt,
    instances: rows.map(rowJson),
  };
}

export function rowJson(row: Row): object {
  const { service, id, key, leaseSecondsLeft, reading } = row;
  const listed = { service, id, key, leaseSecondsLeft };
  if (reading.tag === "unreadable") return { ...listed, unreadable: reading.reason };
  return { ...listed, ...reading.instance, ...healthJson(row) };
}

/** Nothing before the first answer. */
function healthJson(row: Row): object {
  const { health } = row;
  if (health === undefined) return {};
  const { tag: _tag, ...rest } = health.tag === "status" ? { tag: health.tag, startedAt: health.startedAt } : health;
  return { health: healthWord(row), ...rest };
}
