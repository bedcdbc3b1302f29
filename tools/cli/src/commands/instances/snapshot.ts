import type { ListedInstance } from "@banyan/registry";
import type { HealthAnswer } from "@banyan/rpc";
import type { HealthBoard } from "./health-board.ts";

/** What is known at one time. */
export interface Snapshot {
  readonly endpoints: readonly string[];
  /** The service that was asked for; undefined for all. */
  readonly service: string | undefined;
  readonly list: ListState;
  readonly rows: readonly Row[];
}

/** How current the list of instances is. */
export type ListState =
  | { readonly tag: "asking" }
  | { readonly tag: "current"; readonly readAt: Date }
  /** etcd does not give it; `readAt` is when it last did. */
  | { readonly tag: "stale"; readonly readAt: Date | undefined; readonly failure: string };

export interface Row extends ListedInstance {
  /** Undefined before the first answer, and for a value that cannot be read. */
  readonly health: HealthAnswer | undefined;
}

export function rowsOf(listed: readonly ListedInstance[], health: HealthBoard): Row[] {
  return listed.map((instance) => ({ ...instance, health: health.answerOf(instance) }));
}

/** The health of a row in a word or two. */
export function healthWord({ reading, health }: Row): string {
  if (reading.tag === "unreadable") return "–";
  if (health === undefined) return "…";
  return health.tag === "status" ? health.status : health.tag;
}

/** Why a row has no address, or no health. */
export function reasonOf({ reading, health }: Row): string | undefined {
  if (reading.tag === "unreadable") return `unreadable: ${reading.reason}`;
  return health !== undefined && "reason" in health ? health.reason : undefined;
}

/** `etcd http://localhost:2379`, with all endpoints. */
export function etcdText(endpoints: readonly string[]): string {
  return `etcd ${endpoints.join(", ")}`;
}

/** `2 instances of user`, `no instance`. */
export function countText({ rows, service }: Pick<Snapshot, "rows" | "service">): string {
  const count = rows.length === 0 ? "no instance" : `${rows.length} instance${rows.length === 1 ? "" : "s"}`;
  return service === undefined ? count : `${count} of ${service}`;
}

/** `2026-11-21T03:41:07Z` */
export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
