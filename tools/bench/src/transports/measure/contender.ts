import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { LoadCase, ServerLoad } from "../cases.ts";
import type { Sample, Side } from "../outcome/outcome.ts";
import { programsFolder } from "../places.ts";
import type { ReadyPeer } from "../prepare-peers.ts";
import { loadResult, type ClientTask, type LoadResult, type LoadTask } from "../programs/messages.ts";
import { checkServer, checkTask } from "./check-server.ts";
import { cpuMicrosOf } from "./cpu-time.ts";
import { runH2load, type H2load, type H2loadTask } from "./h2load.ts";
import type { Laboratory } from "./laboratory.ts";
import { startPeerServer, type PeerServer } from "./peer-server.ts";
import { startProgram, type Program } from "./program.ts";
import { requestOf } from "./request-body.ts";

const readyMs = 60_000;
/** Beyond the time that a load should take. */
const patienceMs = 60_000;
/** How often each stream is used while the speed is not known. */
const firstTurns = 2;
/** At a time on one connection. */
const manyStreams = 1000;

/** A peer on one side of a case. */
export interface Contender {
  readonly name: string;
  readonly words: string;
  readonly side: Side;
  /** Makes some calls and reads their answers. @throws when one is not right */
  check(): Promise<void>;
  /** Loads it for a while. @throws when a call fails */
  measure(ms: number): Promise<Sample>;
}

/** The sides of a case that a peer can be measured on, its programs started. */
export async function openContenders(
  load: LoadCase,
  peer: ReadyPeer,
  laboratory: Laboratory,
  opened: AsyncDisposableStack,
): Promise<readonly Contender[]> {
  const hasServerSide = load.server !== undefined && peer.isGrpc && isPossible(load.server, laboratory.h2load);
  const hasPairSide = load.pairInFlight !== undefined && peer.clientCommand !== undefined;
  if (!peer.kinds.includes(load.kind) || !(hasServerSide || hasPairSide)) return [];
  const isTls = load.server?.by === "h2load" && load.server.tls;
  const server = opened.use(await startPeerServer(peer, laboratory, { tls: isTls }));
  const sides: Contender[] = [];
  if (hasServerSide) sides.push(await serverSide(load, load.server, peer, server, laboratory, opened));
  if (hasPairSide) sides.push(await pairSide(load, peer, server, laboratory, opened));
  return sides;
}

function isPossible(load: ServerLoad, h2load: H2load | undefined): boolean {
  return load.by !== "h2load" || h2load !== undefined;
}

async function serverSide(
  load: LoadCase,
  by: ServerLoad,
  { name, words }: ReadyPeer,
  { program, serving }: PeerServer,
  laboratory: Laboratory,
  opened: AsyncDisposableStack,
): Promise<Contender> {
  const isTls = by.by === "h2load" && by.tls;
  const address = isTls ? serving.tlsAddress : serving.address;
  if (address === undefined) throw new Error("it has no port for TLS");
  const caFile = isTls ? laboratory.tls.caFile : undefined;
  const inFlight = by.by === "h2load" ? by.clients * by.streams : by.atATime;
  const check = (): Promise<void> => checkServer({ address, caFile }, checkTask(taskOf(load, inFlight)));
  const common = { name, words, side: "server", check } as const;
  if (by.by === "connections") {
    const client = await startClient(
      [process.execPath, join(programsFolder, "connection-client.ts")],
      { address },
      laboratory,
      opened,
    );
    return { ...common, measure: (ms) => measureClient(load, by.atATime, ms, client, program) };
  }
  if (load.kind === "chat" || laboratory.h2load === undefined) throw new Error(`h2load cannot do ${load.words}`);
  const { path, body } = requestOf({ ...load, kind: load.kind });
  const bodyFile = join(laboratory.folder, `${load.kind}-${load.payloadBytes}.bin`);
  await writeFile(bodyFile, body);
  const h2load = measuringH2load(laboratory.h2load, load, program, {
    url: `${isTls ? "https" : "http"}://${address}${path}`,
    bodyFile,
    clients: by.clients,
    streams: by.streams,
    headers: load.headers ?? [],
    core: laboratory.cores?.load,
    signal: laboratory.signal,
  });
  const logFile = join(laboratory.folder, "h2load.tsv");
  return { ...common, measure: (ms) => h2load(ms, logFile) };
}

/** Measures the speed and the CPU in one run, and latencies in another one: to write them down takes the load's time. */
function measuringH2load(
  h2load: H2load,
  { messages }: LoadCase,
  { pid }: Program,
  task: Omit<H2loadTask, "extent" | "logFile">,
): (ms: number, logFile: string) => Promise<Sample> {
  const each = Math.max(1, messages);
  // What is under way when the time is over does not count: of long streams, or a great many, that would be too much.
  const isCounted = messages > 0 || task.streams >= manyStreams;
  const atOnce = task.clients * task.streams;
  let requestsPerSecond = 0;
  const run = async (ms: number, log: Pick<H2loadTask, "logFile">) => {
    const requests = Math.max(firstTurns * atOnce, Math.ceil((requestsPerSecond * ms) / 1000));
    const result = await runH2load(h2load, { ...task, ...log, extent: isCounted ? { requests } : { ms } });
    requestsPerSecond = result.perSecond;
    return result;
  };
  return async (ms, logFile) => {
    const before = await cpuMicrosOf(pid);
    const { requests, perSecond } = await run(ms, {});
    const after = await cpuMicrosOf(pid);
    const { micros } = await run(ms / 2, { logFile });
    return {
      perSecond: perSecond * each,
      ...(before !== undefined && after !== undefined && { serverMicros: (after - before) / requests / each }),
      ...(micros && { latency: micros }),
    };
  };
}

async function pairSide(
  load: LoadCase,
  { name, words, clientCommand = [], chain }: ReadyPeer,
  { program, serving }: PeerServer,
  laboratory: Laboratory,
  opened: AsyncDisposableStack,
): Promise<Contender> {
  const { pairInFlight: inFlight = 1 } = load;
  const ofOurs = chain === undefined ? {} : { chain, collector: laboratory.collector };
  const client = await startClient(clientCommand, { address: serving.address, ...ofOurs }, laboratory, opened);
  return {
    name,
    words,
    side: "pair",
    check: async () => void (await ask(client, checkTask(taskOf(load, inFlight)))),
    measure: (ms) => measureClient(load, inFlight, ms, client, program),
  };
}

async function startClient(
  command: readonly string[],
  task: ClientTask,
  { cores }: Laboratory,
  opened: AsyncDisposableStack,
): Promise<Program> {
  const client = opened.use(startProgram({ command, task, core: cores?.load }));
  await client.next(z.object({}), readyMs);
  return client;
}

function taskOf({ kind, payloadBytes, messages }: LoadCase, inFlight: number): Omit<LoadTask, "ms" | "atMost"> {
  return { kind, payloadBytes, messages, inFlight };
}

async function measureClient(
  load: LoadCase,
  inFlight: number,
  ms: number,
  client: Program,
  server: Program,
): Promise<Sample> {
  const before = await Promise.all([server, client].map(({ pid }) => cpuMicrosOf(pid)));
  const result = await ask(client, { ...taskOf(load, inFlight), ms });
  const after = await Promise.all([server, client].map(({ pid }) => cpuMicrosOf(pid)));
  const count = result.succeeded * Math.max(1, load.messages);
  const [serverMicros, clientMicros] = after.map((end, i) => {
    const start = before[i];
    return end === undefined || start === undefined ? undefined : (end - start) / count;
  });
  return {
    perSecond: (count / result.elapsedMs) * 1000,
    ...(serverMicros !== undefined && { serverMicros }),
    ...(clientMicros !== undefined && { clientMicros }),
    ...(result.micros && { latency: result.micros }),
  };
}

async function ask(client: Program, task: LoadTask): Promise<LoadResult> {
  const result = await client.ask(JSON.stringify(task), loadResult, task.ms + patienceMs);
  if (result.failed > 0 || result.succeeded === 0) {
    throw new Error(
      `${result.failed} calls failed, ${result.succeeded} succeeded; ${result.failure ?? "none in time"}`,
    );
  }
  return result;
}
