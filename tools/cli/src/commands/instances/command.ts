import { etcdEnvironment, openCatalog, type Catalog } from "@banyan/registry";
import { askHealth } from "@banyan/rpc";
import { readEnvironment } from "@banyan/service";
import type { Command } from "../../command.ts";
import type { Screen } from "../../terminal.ts";
import { readArguments, type InstancesArguments } from "./arguments.ts";
import { changeJson, changeLine, changesBetween } from "./changes.ts";
import { follow } from "./follow.ts";
import { HealthBoard, type AskHealth } from "./health-board.ts";
import { listFailure } from "./list-failure.ts";
import { redraw } from "../../redraw.ts";
import { rowsOf, type Snapshot } from "./snapshot.ts";
import { snapshotJson } from "./snapshot-json.ts";
import { snapshotTable } from "./snapshot-table.ts";

const usage = `usage: banyan instances [service] [--watch] [--json]

Shows the instances that etcd lists, of one service or of all, with the seconds that are left of their leases, what each
answers to grpc.health.v1 at its address within 2 seconds, and the age of its process.

  --watch   goes on until Ctrl-C: redraws every second on a terminal, prints a line for each change elsewhere
  --json    prints JSON; with --watch a line of it for each change

environment: ETCD_ENDPOINTS (default http://localhost:2379), ETCD_CA_FILE, ETCD_CERT_FILE, ETCD_KEY_FILE,
ETCD_USERNAME, ETCD_PASSWORD, as the services have them

exit codes: 0 also when there is no instance, 1 when etcd cannot be reached, 2 when an argument is wrong
`;

const ask: AskHealth = (address, service, signal) => askHealth(address, service, { signal });

export const instances: Command = {
  summary: "what etcd lists: addresses, leases, health, age",
  usage,

  async run(args, terminal) {
    const asked = readArguments(args);
    const config = readEnvironment(etcdEnvironment, terminal.env);
    const endpoints = config.ETCD_ENDPOINTS;
    await using catalog = openCatalog(config);
    if (asked.watch) {
      using interruption = terminal.interruption();
      const show =
        asked.json || terminal.stdout.isTTY !== true ? changesOn(terminal.stdout, asked) : tableOn(terminal.stdout);
      await follow({ catalog, endpoints, service: asked.service, ask, show }, interruption.signal);
      return;
    }
    const snapshot = await readOnce(catalog, endpoints, asked.service);
    const text = asked.json
      ? JSON.stringify(snapshotJson(snapshot), null, 2)
      : snapshotTable(snapshot, new Date()).join("\n");
    terminal.stdout.write(`${text}\n`);
  },
};

async function readOnce(
  catalog: Catalog,
  endpoints: readonly string[],
  service: string | undefined,
): Promise<Snapshot> {
  const listed = await catalog.list(service).catch((error: unknown) => {
    throw listFailure(error, endpoints);
  });
  const readAt = new Date();
  const health = new HealthBoard(ask);
  await health.ask(listed, new AbortController().signal);
  return { endpoints, service, list: { tag: "current", readAt }, rows: rowsOf(listed, health) };
}

function tableOn(screen: Screen): (snapshot: Snapshot) => void {
  const draw = redraw(screen);
  return (snapshot) => draw(snapshotTable(snapshot, new Date()));
}

function changesOn(screen: Screen, { json }: InstancesArguments): (snapshot: Snapshot) => void {
  let before: Snapshot | undefined;
  return (snapshot) => {
    const now = new Date();
    for (const change of changesBetween(before, snapshot)) {
      screen.write(`${json ? JSON.stringify(changeJson(change, snapshot, now)) : changeLine(change, snapshot, now)}\n`);
    }
    before = snapshot;
  };
}
