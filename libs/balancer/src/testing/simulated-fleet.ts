import { Balancer, type BalancedInstance, type BalancerPolicy, type Picked } from "../index.ts";
import { seededRandom } from "./seeded-random.ts";

/** What an instance of the simulation does with a call. */
export interface Work {
  /** How long it takes, without the waiting. */
  readonly ms: number;
  readonly fails?: boolean;
}

export interface SimulatedInstance extends BalancedInstance {
  /** @param random in [0, 1) */
  readonly work: (now: number, random: () => number) => Work;
  /** How many calls it works on at a time; by default any number. */
  readonly workers?: number;
}

/** A call that is over. */
export interface FinishedCall {
  readonly id: string;
  readonly startedMs: number;
  readonly latencyMs: number;
  readonly failed: boolean;
}

interface PendingCall {
  readonly picked: Picked<SimulatedInstance>;
  readonly startedMs: number;
  readonly endsMs: number;
  readonly failed: boolean;
}

/** Callers, a clock and instances, in which nothing happens but by `run`, and the same for each seed. */
export class SimulatedFleet {
  readonly balancer: Balancer<SimulatedInstance>;
  readonly random: () => number;
  /** The calls that are under way, the next to end first. */
  readonly #pending: PendingCall[] = [];
  /** When the workers of an instance are free again. */
  readonly #workers = new Map<string, number[]>();
  #now = 0;

  constructor(instances: readonly SimulatedInstance[], policy: BalancerPolicy = {}, seed = 1) {
    this.random = seededRandom(seed);
    this.balancer = new Balancer({ ...policy, now: () => this.#now, random: this.random });
    this.balancer.update(instances);
  }

  get now(): number {
    return this.#now;
  }

  /** Lets callers come at random moments for that long, and gives the calls that ended within. */
  run(seconds: number, callsPerSecond: number): FinishedCall[] {
    const end = this.#now + seconds * 1000;
    const finished: FinishedCall[] = [];
    let arrival = this.#nextArrival(this.#now, callsPerSecond);
    for (;;) {
      const next = this.#pending[0];
      const moment = Math.min(arrival, next?.endsMs ?? Number.POSITIVE_INFINITY);
      if (moment > end) break;
      this.#now = moment;
      if (next !== undefined && next.endsMs === moment) {
        this.#pending.shift();
        finished.push(this.#finish(next));
      } else {
        this.#start();
        arrival = this.#nextArrival(arrival, callsPerSecond);
      }
    }
    this.#now = end;
    return finished;
  }

  #nextArrival(after: number, callsPerSecond: number): number {
    return after - (Math.log(1 - this.random()) * 1000) / callsPerSecond;
  }

  #start(): void {
    const picked = this.balancer.pick();
    if (picked === undefined) throw new Error("the balancer has no instance");
    const { instance } = picked;
    const { ms, fails = false } = instance.work(this.#now, this.random);
    const endsMs = this.#workerOf(instance, ms) + ms;
    const call = { picked, startedMs: this.#now, endsMs, failed: fails };
    const place = this.#pending.findLastIndex((other) => other.endsMs <= endsMs) + 1;
    this.#pending.splice(place, 0, call);
  }

  /** When a worker of the instance begins with the call. */
  #workerOf({ id, workers }: SimulatedInstance, ms: number): number {
    if (workers === undefined) return this.#now;
    const free = this.#workers.get(id) ?? Array.from({ length: workers }, () => 0);
    const earliest = free.indexOf(Math.min(...free));
    const begins = Math.max(this.#now, free[earliest] ?? 0);
    free[earliest] = begins + ms;
    this.#workers.set(id, free);
    return begins;
  }

  #finish({ picked, startedMs, endsMs, failed }: PendingCall): FinishedCall {
    picked.done(failed ? "failure" : "success");
    return { id: picked.instance.id, startedMs, latencyMs: endsMs - startedMs, failed };
  }
}

/** Latencies as servers have them: most near the median, some several times as long (log-normal, sigma 0.5). */
export function around(medianMs: number, random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return medianMs * Math.exp(0.5 * normal);
}

/** The latency that `percent` of the calls do not exceed. */
export function percentile(calls: readonly FinishedCall[], percent: number): number {
  const sorted = calls.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0;
}

/** Which part of the calls each instance had. */
export function shares(calls: readonly FinishedCall[]): Map<string, number> {
  const parts = new Map<string, number>();
  for (const { id } of calls) parts.set(id, (parts.get(id) ?? 0) + 1 / calls.length);
  return parts;
}
