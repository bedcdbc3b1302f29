import { setTimeout as sleep } from "node:timers/promises";
import type { InstanceWatch } from "@banyan/registry";

const boundMs = 30_000;

/** Waits until etcd has accepted the watch. @throws after 30 seconds */
export async function untilWatching(watch: InstanceWatch): Promise<void> {
  const deadline = performance.now() + boundMs;
  while (watch.state.tag !== "watching") {
    if (performance.now() > deadline) throw new Error(`etcd has not accepted a watch for ${boundMs / 1000} s`);
    await sleep(10);
  }
}
