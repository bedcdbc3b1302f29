import { once } from "node:events";
import { openRegistry } from "@banyan/registry";
import { nowMs } from "../clock.ts";
import { silentLog } from "../silent-log.ts";
import { untilWatching } from "../until-watching.ts";
import { watchersTask, type NewsMessage } from "./messages.ts";

/** A process of the bench `announcements`: watches with several registries, and tells when all of them know. */
const { endpoint, service, watchers } = watchersTask.parse(JSON.parse(process.argv[2] ?? ""));
const disconnected = once(process, "disconnect");

await using registries = new AsyncDisposableStack();
const watches = Array.from({ length: watchers }, () =>
  registries.use(openRegistry({ ETCD_ENDPOINTS: [endpoint] }, { log: silentLog })).watch(service),
);
await Promise.all(watches.map(untilWatching));

let news: NewsMessage = [];
for (const watch of watches) {
  watch.subscribe(({ length }) => {
    news.push({ at: nowMs(), listed: length });
    if (news.length < watchers) return;
    process.send?.(news);
    news = [];
  });
}
process.send?.({ ready: true });
await disconnected;
