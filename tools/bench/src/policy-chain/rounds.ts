import type { Child } from "../child-process.ts";
import { serverCounts, sliceResult, type SliceTask } from "./messages.ts";

const answerMs = 60_000;

/** What is measured in turn: calls made one way, to one set of servers. */
export interface Contender {
  /** As it is named in the report. */
  readonly words: string;
  readonly caller: Child;
  readonly way: string;
  /** Those that may be called. */
  readonly servers: readonly Child[];
}

/** What one round of one contender has shown. */
export interface Sample {
  readonly callsPerSecond: number;
  readonly callerMicros: number;
  readonly serverMicros: number;
  /** How many requests a call has cost the servers. */
  readonly requests: number;
  readonly refused: number;
}

export interface RoundsPlan {
  readonly concurrency: number;
  readonly rounds: number;
  /** Of each contender in each round. */
  readonly calls: number;
}

/**
 * Lets the contenders run one after another, round after round: what the machine does besides meets all of them. Each other
 * round is in the reverse order.
 *
 * @returns the samples of each contender, one a round
 */
export async function runRounds(contenders: readonly Contender[], plan: RoundsPlan): Promise<Map<Contender, Sample[]>> {
  const samples = new Map<Contender, Sample[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < plan.rounds; round++) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      samples.get(contender)?.push(await runOne(contender, plan));
    }
  }
  return samples;
}

async function runOne({ caller, way, servers }: Contender, { calls, concurrency }: RoundsPlan): Promise<Sample> {
  const before = await countsOf(servers);
  const task: SliceTask = { way, calls, concurrency };
  caller.send(task);
  const { refused, elapsedMs, cpuMicros } = await caller.next(sliceResult, answerMs);
  const after = await countsOf(servers);
  return {
    callsPerSecond: (calls / elapsedMs) * 1000,
    callerMicros: cpuMicros / calls,
    serverMicros: (after.cpuMicros - before.cpuMicros) / calls,
    requests: (after.calls - before.calls) / calls,
    refused: refused / calls,
  };
}

async function countsOf(servers: readonly Child[]): Promise<{ readonly calls: number; readonly cpuMicros: number }> {
  let [calls, cpuMicros] = [0, 0];
  for (const server of servers) {
    server.send({});
    const counts = await server.next(serverCounts, answerMs);
    calls += counts.calls;
    cpuMicros += counts.cpuMicros;
  }
  return { calls, cpuMicros };
}
