import type { LoadCase } from "../cases.ts";
import type { CaseOutcome, Entry, Sample } from "../outcome/outcome.ts";
import type { ReadyPeer } from "../prepare-peers.ts";
import { openContenders, type Contender } from "./contender.ts";
import type { Laboratory } from "./laboratory.ts";

export interface RoundsPlan {
  readonly rounds: number;
  /** Of each load. */
  readonly ms: number;
  readonly onProgress: (line: string) => void;
}

/** One that is measured, and what came of it so far. */
interface Measured {
  readonly contender: Contender;
  readonly samples: Sample[];
  failure?: string;
}

/**
 * Measures all peers in one case. They take turns within each round, and each other round is in the reverse order: what
 * the machine does besides meets all of them. One round before those that count warms them up. A peer that fails is
 * measured no further, and the outcome says why.
 */
export async function runCase(
  load: LoadCase,
  peers: readonly ReadyPeer[],
  laboratory: Laboratory,
  plan: RoundsPlan,
): Promise<CaseOutcome> {
  await using opened = new AsyncDisposableStack();
  const measured: Measured[] = [];
  plan.onProgress(`${load.name}: starting and checking`);
  for (const peer of peers) measured.push(...(await enter(load, peer, laboratory, opened)));
  for (let round = 0; round <= plan.rounds; round++) {
    const of = round === 0 ? "warming up" : `round ${round} of ${plan.rounds}`;
    for (const one of round % 2 === 0 ? measured : measured.toReversed()) {
      laboratory.signal?.throwIfAborted();
      if (one.failure !== undefined) continue;
      plan.onProgress(`${load.name}: ${of}, ${one.contender.words}, ${one.contender.side}`);
      try {
        const sample = await one.contender.measure(plan.ms);
        if (round > 0) one.samples.push(sample);
      } catch (error) {
        laboratory.signal?.throwIfAborted();
        one.failure = messageOf(error);
      }
    }
  }
  return { case: load, entries: measured.map(entryOf) };
}

/** Starts a peer and checks it; one that cannot be started has no samples, but its failure. */
async function enter(
  load: LoadCase,
  peer: ReadyPeer,
  laboratory: Laboratory,
  opened: AsyncDisposableStack,
): Promise<Measured[]> {
  laboratory.signal?.throwIfAborted();
  const contenders = await openContenders(load, peer, laboratory, opened).catch((error: unknown) => [
    cannotStart(load, peer, error),
  ]);
  const measured: Measured[] = [];
  for (const contender of contenders) {
    const failure = await contender.check().then(() => undefined, messageOf);
    measured.push({ contender, samples: [], ...(failure !== undefined && { failure }) });
  }
  return measured;
}

function cannotStart({ server }: LoadCase, { name, words }: ReadyPeer, error: unknown): Contender {
  const fail = (): Promise<never> => Promise.reject(error);
  return { name, words, side: server === undefined ? "pair" : "server", check: fail, measure: fail };
}

function entryOf({ contender: { name, words, side }, samples, failure }: Measured): Entry {
  return { name, words, side, samples, ...(failure !== undefined && { failure }) };
}

/** The first line, which says what; the rest is what some libraries know of where. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}
