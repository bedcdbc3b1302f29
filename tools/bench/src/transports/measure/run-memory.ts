import { setTimeout as sleep } from "node:timers/promises";
import { BenchService } from "../../gen/bench/v1/bench_pb.ts";
import type { MemoryEntry } from "../outcome/outcome.ts";
import type { ReadyPeer } from "../prepare-peers.ts";
import { checkServer, checkTask } from "./check-server.ts";
import type { Laboratory } from "./laboratory.ts";
import { startPeerServer } from "./peer-server.ts";
import { openRawConnection, type RawConnection } from "./raw-connection.ts";
import type { RoundsPlan } from "./run-case.ts";

/** Enough of them that the figure is not the allocator's grain. */
const idleConnections = 1000;
const idleStreams = { connections: 50, onEach: 100 };
/** Opened and closed before: code is compiled, and pools have their size. */
const warmUp = { connections: 100, streamsOnEach: 10 };
/** Until servers have taken up what was opened, and let go of what was closed. */
const settleMs = 500;

/** Measures what idle connections and idle streams take in each server, a new process each round. */
export async function runMemory(
  peers: readonly ReadyPeer[],
  laboratory: Laboratory,
  { rounds, onProgress }: Pick<RoundsPlan, "rounds" | "onProgress">,
): Promise<MemoryEntry[]> {
  const entries: MemoryEntry[] = [];
  for (const peer of peers.filter(({ isGrpc, kinds }) => isGrpc && kinds.includes("chat"))) {
    const { name, words } = peer;
    const entry = { name, words, idleBytes: [] as number[], perConnection: [] as number[], perStream: [] as number[] };
    let failure: string | undefined;
    for (let round = 1; round <= rounds && failure === undefined; round++) {
      laboratory.signal?.throwIfAborted();
      onProgress(`memory: round ${round} of ${rounds}, ${words}`);
      try {
        const { idleBytes, perConnection, perStream } = await measure(peer, laboratory);
        entry.idleBytes.push(idleBytes);
        entry.perConnection.push(perConnection);
        entry.perStream.push(perStream);
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
      }
    }
    entries.push({ ...entry, ...(failure !== undefined && { failure }) });
  }
  return entries;
}

async function measure(peer: ReadyPeer, laboratory: Laboratory) {
  await using server = await startPeerServer(peer, laboratory, { tls: false });
  const { address } = server.serving;
  await checkServer({ address }, checkTask({ kind: "get", payloadBytes: 0, messages: 0, inFlight: 1 }));
  {
    using warm = await openIdle(address, warmUp.connections);
    openStreams(warm.connections, warmUp.streamsOnEach);
    await sleep(settleMs);
  }
  await sleep(settleMs);
  const idleBytes = await server.residentBytes();
  using idle = await openIdle(address, idleConnections);
  await sleep(settleMs);
  const withConnections = await server.residentBytes();
  openStreams(idle.connections.slice(0, idleStreams.connections), idleStreams.onEach);
  await sleep(settleMs);
  const withStreams = await server.residentBytes();
  return {
    idleBytes,
    perConnection: (withConnections - idleBytes) / idleConnections,
    perStream: (withStreams - withConnections) / (idleStreams.connections * idleStreams.onEach),
  };
}

interface Idle extends Disposable {
  readonly connections: readonly RawConnection[];
}

async function openIdle(address: string, count: number): Promise<Idle> {
  const connections: RawConnection[] = [];
  const close = (): void => connections.forEach((connection) => connection.close());
  try {
    for (let i = 0; i < count; i++) connections.push(await openRawConnection(address));
    return { connections, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

function openStreams(connections: readonly RawConnection[], onEach: number): void {
  const path = `/${BenchService.typeName}/${BenchService.method.chat.name}`;
  for (const connection of connections) {
    for (let i = 0; i < onEach; i++) void connection.request(path);
  }
}
