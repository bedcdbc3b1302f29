import { once } from "node:events";
import { writeSync } from "node:fs";
import { openRegistry, type InstanceWatch } from "@banyan/registry";
import { nowMs } from "../clock.ts";
import { silentLog } from "../silent-log.ts";
import { untilWatching } from "../until-watching.ts";
import { observerTask } from "./messages.ts";

/** The process of the bench `large-service` that is measured: it watches, and does nothing else. Needs --expose-gc. */
const task = observerTask.parse(JSON.parse(process.argv[2] ?? ""));
const { endpoint, service, instances, watchers, changes } = task;
const disconnected = once(process, "disconnect");

const snapshots = [];
for (let i = 0; i < watchers; i++) snapshots.push(await takeSnapshot());

await using registry = openRegistry({ ETCD_ENDPOINTS: [endpoint] }, { log: silentLog });
const watch = registry.watch(service);
await untilAllKnown(watch);
await untilWatching(watch);
const knownAt: number[] = [];
let before = process.cpuUsage();
watch.subscribe(() => {
  knownAt.push(nowMs());
  writeSync(1, "."); // a few microseconds, where a message would cost more than what is measured
  if (knownAt.length < changes) return;
  const { user, system } = process.cpuUsage(before);
  process.send?.({ cpuMs: (user + system) / 1000, knownAt });
});
process.send?.(snapshots);
before = process.cpuUsage();
await disconnected;

async function takeSnapshot() {
  await using registry = openRegistry({ ETCD_ENDPOINTS: [endpoint] }, { log: silentLog });
  await untilWatching(registry.watch(`${service}-nobody`)); // connected, so that the connection's heap does not count
  const heapBefore = heapBytes();
  const since = nowMs();
  const watch = registry.watch(service);
  await untilAllKnown(watch);
  const snapshotMs = nowMs() - since;
  await untilWatching(watch);
  return { snapshotMs, heapBytes: heapBytes() - heapBefore };
}

function untilAllKnown(watch: InstanceWatch): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (watch.instances.length !== instances) return;
      end();
      resolve();
    };
    const end = watch.subscribe(check);
    check();
  });
}

function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error("Node runs without --expose-gc");
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
