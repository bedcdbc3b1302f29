import { Balancer, type BalancedInstance, type Picked } from "@banyan/balancer";
import { quantiles } from "../quantiles.ts";
import { pickTask } from "./messages.ts";

/** The process of the bench `pick` that is measured: one thread, one strategy. */
const { strategy, weighted, sizes, rounds, roundMs } = pickTask.parse(JSON.parse(process.argv[2] ?? ""));

/** Calls that are under way at a time. */
const inFlight = 16;
/** Picks, or updates, between two looks at the clock: as many as take some microseconds at least. */
const batch = { picks: 64, updates: 1 };
/** A round has at least so many of them, when the machine has no time for it. */
const leastBatches = 10;
const weights = [5, 10, 20] as const;
/** More than there are instances in flight; a request has one of them with the strategy `rendezvous` alone. */
const keys = Array.from({ length: 1024 }, (_, i) => `customer-${i}`);

process.send?.(sizes.map((size) => ({ pickNs: pickNs(size), updateMicros: updateMicros(size) })));

function pickNs(size: number): number {
  const balancer = balancerOf(instancesOf(size));
  const calls: Picked<BalancedInstance>[] = Array.from({ length: inFlight }, () => pickOne(balancer, 0));
  let count = 0;
  const pickBatch = (): void => {
    for (let i = 0; i < batch.picks; i++, count++) {
      const slot = count % inFlight;
      calls[slot]?.done("success");
      calls[slot] = pickOne(balancer, count);
    }
  };
  return medianMs(pickBatch, batch.picks) * 1e6;
}

function pickOne(balancer: Balancer<BalancedInstance>, count: number): Picked<BalancedInstance> {
  const key = keys[count % keys.length];
  const picked = balancer.pick(strategy === "rendezvous" && key !== undefined ? { key } : undefined);
  if (picked === undefined) throw new Error("nothing was picked, though nothing is excluded");
  return picked;
}

/** Each list is the one before, with another instance in the place of one. */
function updateMicros(size: number): number {
  const before = instancesOf(size);
  const [, ...after] = instancesOf(size + 1);
  const balancer = balancerOf(before);
  let isAfter = false;
  const updateOnce = (): void => {
    isAfter = !isAfter;
    balancer.update(isAfter ? after : before);
  };
  return medianMs(updateOnce, batch.updates) * 1e3;
}

/** The median of the rounds, in milliseconds of CPU a piece of work; as many rounds before them do not count. */
function medianMs(work: () => void, pieces: number): number {
  const times: number[] = [];
  for (let round = 0; round < 2 * rounds; round++) {
    const end = performance.now() + roundMs;
    const before = process.cpuUsage();
    let done = 0;
    do {
      work();
      done += pieces;
    } while (performance.now() < end || done < leastBatches * pieces);
    const { user, system } = process.cpuUsage(before);
    if (round >= rounds) times.push((user + system) / 1000 / done);
  }
  return quantiles(times).p50;
}

function balancerOf(instances: readonly BalancedInstance[]): Balancer<BalancedInstance> {
  const balancer = new Balancer({ strategy, now: () => performance.now(), random: Math.random });
  balancer.update(instances);
  return balancer;
}

function instancesOf(size: number): BalancedInstance[] {
  return Array.from({ length: size }, (_, i) => {
    const id = `host-${(Math.imul(i, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0")}`;
    const weight = weighted ? weights[i % weights.length] : undefined;
    return weight === undefined ? { id } : { id, weight };
  });
}
