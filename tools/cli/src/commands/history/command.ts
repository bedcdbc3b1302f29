import type { HistoryEntry } from "@banyan/strangler";
import type { Command } from "../../command.ts";
import { neededService, readFlags } from "../../flags.ts";
import { formatTable } from "../../table.ts";
import { entryText } from "../../traffic/entry-text.ts";
import { secondText } from "../../traffic/numbers.ts";
import { openTraffic } from "../../traffic/open-traffic.ts";
import { trafficFailure } from "../../traffic/traffic-failure.ts";

const usage = `usage: banyan history <service> [--json]

Shows who has changed the traffic of a service, when, why, and by which numbers: the last 200 steps and decisions, the newest
at the end.

  --json   prints them as JSON, with all their numbers

exit codes: 0 also when there is none, 1 when etcd cannot be reached, 2 when an argument is wrong
`;

export const history: Command = {
  summary: "who has changed the traffic of a service, when and why",
  usage,

  async run(args, terminal) {
    const flags = readFlags(args, { valued: [], switches: ["--json"] });
    const service = neededService(flags);
    await using traffic = openTraffic(terminal);
    const entries = await traffic.store.listHistory(service).catch((error: unknown) => {
      throw trafficFailure(error, traffic.endpoints);
    });
    const text = flags.has("--json") ? JSON.stringify(entries, null, 2) : historyText(service, entries);
    terminal.stdout.write(`${text}\n`);
  },
};

function historyText(service: string, entries: readonly HistoryEntry[]): string {
  if (entries.length === 0) return `no history of ${service}`;
  return formatTable([
    ["time", "by", "what"],
    ...entries.map((entry) => [secondText(new Date(entry.at)), entry.by, entryText(entry)]),
  ]).join("\n");
}
