import { startEtcd } from "@banyan/dev";
import { openRegistry, type Registry } from "@banyan/registry";
import type { Bench } from "../bench.ts";
import { startChild, type Child } from "../child-process.ts";
import { nowMs } from "../clock.ts";
import { quantiles } from "../quantiles.ts";
import type { Report } from "../report.ts";
import { silentLog } from "../silent-log.ts";
import { newsMessage, readyMessage, type WatchersTask } from "./messages.ts";

const service = "bench";
/** Rounds before those that count, while everybody's code is compiled. */
const warmUpRounds = 20;
const newsMs = 10_000;
const readyMs = 60_000;

const settings = { watchers: 100, processes: 10, rounds: 200 };

/** How long everybody took to know, one entry a round. */
interface Waits {
  /** From the call until the announcing process itself knew that etcd has done it. */
  readonly done: number[];
  /** Of each watcher. */
  readonly each: number[];
  /** Of the last watcher. */
  readonly last: number[];
}

export const announcements: Bench<typeof settings> = {
  name: "announcements",
  description:
    "From the call of `announce()` until the watchers know, and from the call of its disposal until they know. Each " +
    "watcher has a registry, and so a connection to etcd, of its own; they are spread over several processes. All of " +
    "them share this machine's CPUs with etcd.",
  settings,
  aims: [
    { figure: "every watcher knows an announcement, p99", below: 200, unit: "ms" },
    { figure: "every watcher knows a withdrawal, p99", below: 200, unit: "ms" },
  ],

  async run(report, { watchers, processes, rounds }) {
    const groupCount = Math.min(processes, watchers);
    await using etcd = await startEtcd();
    report.condition(`etcd ${etcd.version}, one member, not synced to the disk`);
    report.condition(`${watchers} watchers in ${groupCount} processes, ${rounds} rounds after ${warmUpRounds} more`);

    await using children = new AsyncDisposableStack();
    const groups = Array.from({ length: groupCount }, (_, i) => {
      const share = Math.floor((watchers + i) / groupCount);
      const task: WatchersTask = { endpoint: etcd.endpoint, service, watchers: share };
      return children.use(startChild(new URL("watchers.ts", import.meta.url), task));
    });
    await Promise.all(groups.map((group) => group.next(readyMessage, readyMs)));

    const config = { ETCD_ENDPOINTS: [etcd.endpoint], BANYAN_ENV: "development" } as const;
    await using registry = openRegistry(config, { log: silentLog });
    await runRounds(registry, groups, warmUpRounds);
    print(report, await runRounds(registry, groups, rounds));
  },
};

async function runRounds(registry: Registry, groups: readonly Child[], rounds: number) {
  const announced: Waits = { done: [], each: [], last: [] };
  const withdrawn: Waits = { done: [], each: [], last: [] };
  for (let round = 0; round < rounds; round++) {
    const calledAt = nowMs();
    const listing = registry.announce(service, { address: "127.0.0.1:50051" });
    await listing.announced;
    announced.done.push(nowMs() - calledAt);
    await collect(groups, announced, 1, calledAt);

    const disposedAt = nowMs();
    await listing[Symbol.asyncDispose]();
    withdrawn.done.push(nowMs() - disposedAt);
    await collect(groups, withdrawn, 0, disposedAt);
  }
  return { announced, withdrawn };
}

async function collect(groups: readonly Child[], { each, last }: Waits, listed: number, since: number): Promise<void> {
  const news = await Promise.all(groups.map((group) => group.next(newsMessage, newsMs)));
  const waits = news.flat().map((message) => {
    if (message.listed !== listed) throw new Error(`a watcher lists ${message.listed} instances instead of ${listed}`);
    return message.at - since;
  });
  each.push(...waits);
  last.push(Math.max(...waits));
}

function print(report: Report, { announced, withdrawn }: { announced: Waits; withdrawn: Waits }): void {
  const row = (what: string, values: readonly number[]) => {
    const { p50, p99, max } = quantiles(values);
    return [what, p50, p99, max];
  };
  report.table(
    ["ms from the call until", "p50", "p99", "max"],
    [
      row("announced: etcd has the key", announced.done),
      row("announced: one watcher knows", announced.each),
      row("announced: every watcher knows", announced.last),
      row("withdrawn: the lease is revoked", withdrawn.done),
      row("withdrawn: one watcher knows", withdrawn.each),
      row("withdrawn: every watcher knows", withdrawn.last),
    ],
  );
  report.figure("every watcher knows an announcement, p99", quantiles(announced.last).p99);
  report.figure("every watcher knows a withdrawal, p99", quantiles(withdrawn.last).p99);
}
