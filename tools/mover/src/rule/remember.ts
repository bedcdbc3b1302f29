import type { HistoryEntry, TrafficStore } from "@banyan/strangler";
import type { Mapping } from "../mapping/mapping.ts";

/** Keeps what was done, and why, in `/traffic-history/<service>/`. */
export async function remember(
  store: TrafficStore,
  { service }: Mapping,
  entry: Omit<HistoryEntry, "at">,
): Promise<void> {
  await store.appendHistory(service, { ...entry, at: new Date().toISOString() });
}
