import { formatDuration } from "../../duration.ts";
import { printable } from "../../table.ts";
import { countText, etcdText, healthWord, reasonOf, timeText, type Row, type Snapshot } from "./snapshot.ts";
import { rowJson } from "./snapshot-json.ts";

/** One thing that is not as it was. */
export type Change =
  /** The first list has come. */
  | { readonly tag: "listed" }
  | { readonly tag: "joined" | "left"; readonly row: Row }
  /** Another value is under the same key. */
  | { readonly tag: "moved"; readonly row: Row; readonly before: Row }
  /** Another status, or the first one. */
  | { readonly tag: "health"; readonly row: Row; readonly before: Row | undefined }
  | { readonly tag: "etcd lost"; readonly failure: string }
  /** `ageMs` is how old the list had become, in milliseconds; undefined where there was none. */
  | { readonly tag: "etcd back"; readonly ageMs: number | undefined };

/** What changed from one snapshot to the next; all of it where there was none before. */
export function changesBetween(before: Snapshot | undefined, after: Snapshot): Change[] {
  const [old, current] = [rowsByKey(before), rowsByKey(after)];
  return [
    ...listChanges(before, after),
    ...[...old.values()].filter(({ key }) => !current.has(key)).map((row): Change => ({ tag: "left", row })),
    ...[...current.values()].flatMap((row) => rowChanges(old.get(row.key), row)),
  ];
}

function rowsByKey(snapshot: Snapshot | undefined): ReadonlyMap<string, Row> {
  return new Map(snapshot?.rows.map((row) => [row.key, row]));
}

function listChanges(before: Snapshot | undefined, { list }: Snapshot): Change[] {
  const was = before?.list ?? { tag: "asking" };
  if (list.tag === "stale" && was.tag !== "stale") return [{ tag: "etcd lost", failure: list.failure }];
  if (list.tag !== "current" || was.tag === "current") return [];
  if (was.tag === "asking") return [{ tag: "listed" }];
  const { readAt } = was;
  if (readAt === undefined) return [{ tag: "etcd back", ageMs: undefined }, { tag: "listed" }];
  return [{ tag: "etcd back", ageMs: list.readAt.getTime() - readAt.getTime() }];
}

function rowChanges(before: Row | undefined, row: Row): Change[] {
  const word = healthWord(row);
  const known: Change[] =
    row.health !== undefined && word !== (before && healthWord(before)) ? [{ tag: "health", row, before }] : [];
  if (before === undefined) return [{ tag: "joined", row }, ...known];
  return addressText(before) === addressText(row) ? known : [{ tag: "moved", row, before }, ...known];
}

/** A change in one line. */
export function changeLine(change: Change, snapshot: Snapshot, now: Date): string {
  return printable(`${timeText(now)} ${sentence(change, snapshot)}`);
}

function sentence(change: Change, snapshot: Snapshot): string {
  const etcd = etcdText(snapshot.endpoints);
  switch (change.tag) {
    case "listed":
      return `${etcd} lists ${countText(snapshot)}`;
    case "etcd lost":
      return change.failure;
    case "etcd back":
      return `${etcd} answers again${change.ageMs === undefined ? "" : `, after ${formatDuration(change.ageMs)}`}`;
    case "joined":
    case "left":
      return `${nameOf(change.row)} ${change.tag}, ${addressText(change.row)}`;
    case "moved":
      return `${nameOf(change.row)} moved, ${addressText(change.before)} -> ${addressText(change.row)}`;
    case "health": {
      const was = change.before?.health === undefined ? "" : `${healthWord(change.before)} -> `;
      return `${nameOf(change.row)} health ${was}${healthText(change.row)}`;
    }
    default:
      return change satisfies never;
  }
}

function nameOf({ service, id }: Row): string {
  return `${service}/${id}`;
}

/** The address of a row, or why there is none. */
function addressText(row: Row): string {
  return row.reading.tag === "instance" ? row.reading.instance.address : (reasonOf(row) ?? "");
}

/** The health of a row with its reason. */
function healthText(row: Row): string {
  const reason = reasonOf(row);
  return reason === undefined ? healthWord(row) : `${healthWord(row)} (${reason})`;
}

/** A change for a program to read. */
export function changeJson(change: Change, { endpoints, rows }: Snapshot, now: Date): object {
  const { tag, ...told } = change;
  const about = "row" in told ? rowJson(told.row) : { etcd: endpoints, instances: rows.length, ...told };
  return { time: now, change: tag, ...about };
}
