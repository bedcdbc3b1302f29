import { etcdEnvironment, openCatalog } from "@banyan/registry";
import { readEnvironment } from "@banyan/service";
import { TrafficRuleError, type TrafficStore } from "@banyan/strangler";
import type { Command } from "../../command.ts";
import { readFlags } from "../../flags.ts";
import { openTraffic } from "../../traffic/open-traffic.ts";
import { trafficFailure } from "../../traffic/traffic-failure.ts";
import type { ServiceStatus } from "./service-status.ts";
import { statusText } from "./status-text.ts";

const usage = `usage: banyan status [service]

Shows how the traffic of a service is split, of one or of all that have a rule or a report: the rule, who owns the writes, what
the whole fleet has counted on each side since the rule took effect, and each split with the age of its report, which is
written again when it has changed. Warns of a split that does not report, does not follow, or whose guard is open.

exit codes: 0 also when there is nothing, 1 when etcd cannot be reached, 2 when an argument is wrong
`;

export const status: Command = {
  summary: "how traffic is split, and what came of it",
  usage,

  async run(args, terminal) {
    const { service } = readFlags(args, { valued: [], switches: [] });
    await using traffic = openTraffic(terminal);
    await using catalog = openCatalog(readEnvironment(etcdEnvironment, terminal.env));
    const { store, endpoints } = traffic;
    try {
      const services = service === undefined ? await store.listServices() : [service];
      const listed = await catalog.list();
      const known = await Promise.all(services.map((name) => readStatus(store, name)));
      const now = new Date();
      const texts = known.map((each) => statusText({ ...each, listed }, now).join("\n"));
      terminal.stdout.write(
        `${texts.length === 0 ? "no traffic rule, and no report of a split" : texts.join("\n\n")}\n`,
      );
    } catch (error) {
      throw trafficFailure(error, endpoints);
    }
  },
};

async function readStatus(store: TrafficStore, service: string): Promise<Omit<ServiceStatus, "listed">> {
  const stored = await store.read(service).catch((error: unknown) => {
    if (error instanceof TrafficRuleError) return { malformed: error.message };
    throw error;
  });
  return { service, stored, reports: await store.listReports(service) };
}
