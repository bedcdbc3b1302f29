import { setTimeout as sleep } from "node:timers/promises";
import type { Catalog, ListedInstance } from "@banyan/registry";
import { HealthBoard, type AskHealth } from "./health-board.ts";
import { listFailure } from "./list-failure.ts";
import { rowsOf, type ListState, type Snapshot } from "./snapshot.ts";

export interface FollowOptions {
  readonly catalog: Pick<Catalog, "list">;
  readonly endpoints: readonly string[];
  readonly service: string | undefined;
  readonly ask: AskHealth;
  /** Called with what is known, twice every `everyMs`: with the list, and with the health of its instances. */
  readonly show: (snapshot: Snapshot) => void;
  /** In milliseconds, default 1000. */
  readonly everyMs?: number;
}

/**
 * Every second reads the list, asks all instances for their health and shows what is known, until `signal` is aborted.
 * Nothing waits for an answer that is late: while etcd cannot be reached the last known list goes on.
 */
export async function follow(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { catalog, endpoints, service, ask, everyMs = 1000 } = options;
  const health = new HealthBoard(ask);
  let list: ListState = { tag: "asking" };
  let listed: readonly ListedInstance[] = [];
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    try {
      listed = await catalog.list(service);
      list = { tag: "current", readAt: new Date() };
    } catch (error) {
      const readAt = list.tag === "asking" ? undefined : list.readAt;
      list = { tag: "stale", readAt, failure: listFailure(error, endpoints).message };
    }
  };
  const show = (): void => options.show({ endpoints, service, list, rows: rowsOf(listed, health) });

  const finished = new AbortController();
  const ended = AbortSignal.any([signal, finished.signal]);
  try {
    while (!ended.aborted) {
      const pause = sleep(everyMs, undefined, { signal: ended }).catch(() => undefined);
      reading ??= read().finally(() => (reading = undefined));
      await Promise.race([reading, pause]);
      if (!ended.aborted) show();
      await Promise.race([health.ask(listed, ended), pause]);
      if (!ended.aborted) show();
      await pause;
    }
  } finally {
    finished.abort();
  }
}
