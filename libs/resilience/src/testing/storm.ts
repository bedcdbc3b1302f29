import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { defaultMethodPolicy } from "../policy.ts";
import { decideRetry, type AttemptFailure } from "../retry.ts";
import type { RetryBudget } from "../retry-budget.ts";
import { SimulatedServer } from "./simulated-server.ts";
import { Simulation } from "./simulation.ts";

/** What decides about retries in a storm: our budget, or something to compare it with. */
export type StormBudget = Pick<RetryBudget, "allows" | "succeeded" | "failed"> & { readonly began?: () => void };

export interface StormOptions {
  readonly budget: (simulation: Simulation) => StormBudget;
  readonly clients: number;
  /** Part of the whole capacity that is asked for, before retries. */
  readonly load: number;
}

/**
 * Clients that give an attempt 200 ms and try again, and a server whose queue takes 250 ms to pass when it is full: full, it
 * works for nobody any more, and stays so for as long as more comes than goes. From 10 s to 20 s half of it is gone.
 *
 * @returns for each second, which part of the calls that began in it was answered, and how many attempts a call they made
 */
export function storm({ budget, clients, load }: StormOptions, seconds: number) {
  const simulation = new Simulation(7);
  const server = new SimulatedServer(simulation, { workers: 16, serviceMs: 10, maxQueue: 400 });
  const perSecond = load * server.capacityPerSecond;
  const calls = new Float64Array(seconds);
  const answered = new Float64Array(seconds);
  const attempts = new Float64Array(seconds);
  const second = (at: number): number => Math.min(seconds - 1, Math.floor(at / 1000));

  const attempt = (shared: StormBudget, began: number, made: number): void => {
    attempts[second(simulation.now)] = (attempts[second(simulation.now)] ?? 0) + 1;
    let over = false;
    const fail = (failure: AttemptFailure): void => {
      if (over) return;
      over = true;
      const leftMs = began + 1000 - simulation.now;
      const call = { idempotency: Idempotency.IDEMPOTENT, previousAttempts: 0, attempts: made, transparentRetries: 0 };
      const { retry } = defaultMethodPolicy;
      const decision = decideRetry(retry, { ...call, leftMs }, failure, shared, simulation.random());
      if (decision.tag === "retry") simulation.after(decision.delayMs, () => attempt(shared, began, made + 1));
    };
    const taken = server.call(() => {
      if (over) return;
      over = true;
      shared.succeeded();
      answered[second(began)] = (answered[second(began)] ?? 0) + 1;
    });
    if (taken) simulation.after(200, () => fail({ tag: "timed out" }));
    else simulation.after(1, () => fail({ tag: "answered", code: Code.Unavailable }));
  };

  for (let client = 0; client < clients; client++) {
    const shared = budget(simulation);
    simulation.arrivals(
      () => perSecond / clients,
      () => {
        calls[second(simulation.now)] = (calls[second(simulation.now)] ?? 0) + 1;
        shared.began?.();
        attempt(shared, simulation.now, 1);
      },
    );
  }
  simulation.after(10_000, () => (server.workers = 8));
  simulation.after(20_000, () => (server.workers = 16));
  simulation.runUntil(seconds * 1000);
  return {
    goodput: (at: number): number => (answered[at] ?? 0) / (calls[at] ?? 1),
    attemptsPerCall: (at: number): number => (attempts[at] ?? 0) / (calls[at] ?? 1),
  };
}
