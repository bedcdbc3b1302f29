import { formatDuration } from "../../duration.ts";
import { formatTable } from "../../table.ts";
import { countText, etcdText, healthWord, reasonOf, timeText, type Row, type Snapshot } from "./snapshot.ts";

/** The snapshot for a person to read: where it is from and of when, a table, and a count. */
export function snapshotTable(snapshot: Snapshot, now: Date): string[] {
  const { rows, list } = snapshot;
  const isKnown = list.tag !== "asking" && list.readAt !== undefined;
  const columns = rows.length === 0 ? [] : columnsFor(rows, now);
  const table = formatTable([
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ of }) => of(row))),
  ]);
  return [
    ...heading(snapshot, now),
    "",
    ...(rows.length === 0 ? [] : [...table, ""]),
    ...(isKnown ? [`${countText(snapshot)} listed`] : []),
  ];
}

function heading({ endpoints, list }: Snapshot, now: Date): string[] {
  const etcd = etcdText(endpoints);
  switch (list.tag) {
    case "asking":
      return [`${etcd}, asked for the first time`];
    case "current":
      return [`${etcd}, read at ${timeText(list.readAt)}`];
    case "stale": {
      const { readAt, failure } = list;
      if (readAt === undefined) return [failure];
      const age = formatDuration(now.getTime() - readAt.getTime());
      return [failure, `the list is ${age} old, read at ${timeText(readAt)}; health is asked now`];
    }
    default:
      return list satisfies never;
  }
}

interface Column {
  readonly title: string;
  readonly of: (row: Row) => string;
}

const none = "–";

/** Those at the end are there only when a row has something for them. */
function columnsFor(rows: readonly Row[], now: Date): Column[] {
  const always: Column[] = [
    { title: "service", of: ({ service }) => service },
    { title: "instance", of: ({ id }) => id },
    { title: "address", of: (row) => told(row, "address") },
    { title: "lease left", of: ({ leaseSecondsLeft: left }) => (left === undefined ? "no lease" : `${left} s`) },
    { title: "health", of: healthWord },
    { title: "age", of: (row) => ageText(row, now) },
  ];
  const seldom: Column[] = [
    { title: "zone", of: (row) => told(row, "zone") },
    { title: "version", of: (row) => told(row, "version") },
    { title: "weight", of: (row) => told(row, "weight") },
    { title: "note", of: (row) => reasonOf(row) ?? none },
  ];
  return [...always, ...seldom.filter(({ of }) => rows.some((row) => of(row) !== none))];
}

function told({ reading }: Row, field: "address" | "zone" | "version" | "weight"): string {
  return reading.tag === "instance" ? String(reading.instance[field] ?? none) : none;
}

function ageText({ health }: Row, now: Date): string {
  if (health?.tag !== "status" || health.startedAt === undefined) return none;
  return formatDuration(now.getTime() - health.startedAt.getTime());
}
