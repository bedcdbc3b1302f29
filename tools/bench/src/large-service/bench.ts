import { once } from "node:events";
import { startEtcd } from "@banyan/dev";
import type { Bench } from "../bench.ts";
import { startChild } from "../child-process.ts";
import { nowMs } from "../clock.ts";
import { etcdGateway } from "../etcd-gateway.ts";
import { quantiles } from "../quantiles.ts";
import { changesMessage, snapshotsMessage, type ObserverTask } from "./messages.ts";

const snapshotsMs = 120_000;
const changeMs = 10_000;

const settings = { instances: 10_000, watchers: 9, changes: 1000 };

export const largeService: Bench<typeof settings> = {
  name: "large-service",
  description:
    "One service with a great many instances, and beside it ones with a tenth and a hundredth of them. A process of its " +
    "own watches: with one watcher after another, for the time and the heap that its first list takes, then with one " +
    "that follows changes made one at a time, a new instance and its end by turns. Its CPU time is that of all its " +
    "threads; the time until a change is known contains its writing through etcd's JSON gateway.",
  settings,
  aims: [
    { figure: "the whole list is known, median", below: 500, unit: "ms" },
    { figure: "heap per instance", below: 500, unit: "bytes" },
    { figure: "CPU of a change, all instances to a hundredth of them", below: 3, unit: "x" },
  ],

  async run(report, { instances, watchers, changes }) {
    await using etcd = await startEtcd();
    report.condition(`etcd ${etcd.version}, one member, not synced to the disk`);
    report.condition(`median of ${watchers} watchers; ${changes} changes`);

    const measured = [];
    for (const size of [100, 10, 1].map((divisor) => Math.ceil(instances / divisor))) {
      const task = { endpoint: etcd.endpoint, service: `bench-${size}`, instances: size, watchers, changes };
      measured.push({ size, ...(await measure(task)) });
    }
    report.table(
      ["instances", "list known, ms", "heap per instance, bytes", "CPU of a change, ms", "change known, ms p50", "p99"],
      measured.map(({ size, snapshotMs, heapPerInstance, cpuMs, known }) => {
        return [size.toLocaleString("en-US"), snapshotMs, heapPerInstance, cpuMs, known.p50, known.p99];
      }),
    );
    const [least, most] = [measured.at(0), measured.at(-1)];
    if (least === undefined || most === undefined) return;
    report.figure("the whole list is known, median", most.snapshotMs);
    report.figure("heap per instance", most.heapPerInstance);
    report.figure("CPU of a change, all instances to a hundredth of them", most.cpuMs / least.cpuMs);
  },
};

async function measure(task: ObserverTask) {
  const { endpoint, service, instances, changes } = task;
  const gateway = etcdGateway(endpoint);
  const entries = Array.from({ length: instances }, (_, i) => entryOf(service, i));
  await gateway.fill(entries);

  await using observer = startChild(new URL("observer.ts", import.meta.url), task, ["--expose-gc"]);
  const snapshots = await observer.next(snapshotsMessage, snapshotsMs);

  const writtenAt: number[] = [];
  for (let i = 0; i < changes; i++) {
    const [key, value] = entryOf(service, instances + Math.floor(i / 2));
    const known = once(observer.stdout, "data", { signal: AbortSignal.timeout(changeMs) });
    writtenAt.push(nowMs());
    await Promise.all([known, i % 2 === 0 ? gateway.put(key, value) : gateway.delete(key)]);
  }
  const { cpuMs, knownAt } = await observer.next(changesMessage, changeMs);

  const median = (values: readonly number[]): number => quantiles(values).p50;
  return {
    snapshotMs: median(snapshots.map(({ snapshotMs }) => snapshotMs)),
    heapPerInstance: median(snapshots.map(({ heapBytes }) => heapBytes)) / instances,
    cpuMs: cpuMs / changes,
    known: quantiles(writtenAt.map((at, i) => (knownAt[i] ?? Infinity) - at)),
  };
}

/** The i-th instance; their ids are in no order, as those that are made at random are. */
function entryOf(service: string, i: number): [key: string, value: string] {
  const id = `host-${(Math.imul(i, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0")}`;
  return [`/services/${service}/${id}`, `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}:50051`];
}
