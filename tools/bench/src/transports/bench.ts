import { mkdir, writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { isAbsolute, join, relative } from "node:path";
import type { Bench } from "../bench.ts";
import { aims, reportAims } from "./aims.ts";
import { caseNames, chainCase, loadCases, memoryCase } from "./cases.ts";
import { chainPeers } from "./chain.ts";
import { openLaboratory, type Laboratory } from "./measure/laboratory.ts";
import { runCase, type RoundsPlan } from "./measure/run-case.ts";
import { runMemory } from "./measure/run-memory.ts";
import { sourceVersion } from "./measure/source-version.ts";
import type { CaseOutcome, Outcome } from "./outcome/outcome.ts";
import { drawOutcome } from "./outcome/picture.ts";
import { reportCase, reportMemory } from "./outcome/tables.ts";
import { baseName, peers } from "./peers.ts";
import { resultsFolder, workspaceFolder } from "./places.ts";
import { preparePeers, type PreparedPeers } from "./prepare-peers.ts";
import { openProgress } from "./progress.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

const settings = {
  rounds: 7,
  /** Of each load in each round. */
  seconds: 2,
  cases: caseNames,
  peers: peers.map(({ name }) => name),
  /** The folder that transports.json, transports.md and transports.svg are written to. */
  results: relative(workspaceFolder, resultsFolder),
};

export const transports: Bench<typeof settings> = {
  name: "transports",
  description:
    "Calls by our transport and by others. A server has one core and what loads it another one, where there are two. " +
    "Servers are loaded by h2load, which speaks HTTP/2 and nothing above it; pairs are each library's own client and " +
    "server, on one connection. The peers take turns within each round, each other round in the reverse order. A factor " +
    "is the median of those within the rounds, by CPU that of calls for the same CPU time; ± is half of the way from the " +
    "slowest round to the fastest. Handlers answer at once. Before it is measured each server has 20 answers or more, as " +
    "many at a time as later, read and compared by a client that knows grpc-status; the clients of pairs compare every " +
    "answer.",
  settings,
  aims,

  async run(report, { rounds, seconds, cases, peers: names, results }) {
    using stop = stopOnSignal();
    using progress = openProgress(process.stderr);
    const { signal } = stop;
    const onProgress = progress.say;
    const wanted = peers.filter(({ name }) => names.includes(name));
    const options = { install: true, onProgress, signal };
    const prepared = await preparePeers(wanted, options);
    const ofChain = await preparePeers(chainPeers, options);
    const loads = [...loadCases, chainCase].filter(({ name }) => cases.includes(name));
    const needsH2load = loads.some(({ server }) => server?.by === "h2load");
    await using laboratory = await openLaboratory({ needsH2load, onProgress, signal });
    (await conditionsOf(prepared, laboratory, { rounds, seconds })).forEach((words) => report.condition(words));

    const at = new Date().toISOString();
    const plan: RoundsPlan = { rounds, ms: seconds * 1000, onProgress };
    const outcomes: CaseOutcome[] = [];
    for (const load of loads) {
      const { ready } = load === chainCase ? ofChain : prepared;
      outcomes.push(await runCase(load, ready, laboratory, plan));
    }
    const memory = cases.includes(memoryCase) ? await runMemory(prepared.ready, laboratory, plan) : [];

    for (const outcome of outcomes) reportCase(report, outcome, baseName);
    reportMemory(report, memory);
    for (const { peer, why } of prepared.absent) report.remark(`${peer.words} was not measured: ${why}`);
    reportAims(report, outcomes);
    const { conditions } = report;
    await keep(
      results,
      { at, conditions, settings: { rounds, seconds }, cases: outcomes, memory },
      report.toMarkdown(transports),
    );
  },
};

async function conditionsOf(
  { ready }: PreparedPeers,
  { cores, h2load }: Laboratory,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<string[]> {
  const versions = new Set(ready.flatMap((peer) => peer.versions));
  return [
    `${await sourceVersion()}, RPC_TRANSPORT=${process.env["RPC_TRANSPORT"] ?? "http2"}`,
    [...versions].join(", "),
    h2load?.version ?? "without h2load",
    cores ? `servers on CPU ${cores.server}, load on CPU ${cores.load}` : "nothing is pinned to a core: no taskset",
    `load average before: ${loadavg()[0]?.toFixed(2)}`,
    `rounds: ${rounds}, of ${seconds} s each, after one more`,
  ].filter((words) => words !== "");
}

async function keep(folder: string, outcome: Outcome, markdown: string): Promise<void> {
  const absolute = isAbsolute(folder) ? folder : join(workspaceFolder, folder);
  await mkdir(absolute, { recursive: true });
  await writeFile(join(absolute, "transports.json"), `${JSON.stringify(outcome, undefined, 2)}\n`);
  await writeFile(join(absolute, "transports.md"), markdown);
  await writeFile(join(absolute, "transports.svg"), drawOutcome(outcome, baseName));
}
