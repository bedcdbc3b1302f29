import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { AdaptiveThrottle } from "../adaptive-throttle.ts";
import { InstanceRests } from "../instance-rests.ts";
import { defaultMethodPolicy } from "../policy.ts";
import { decideRetry } from "../retry.ts";
import { RetryBudget } from "../retry-budget.ts";
import { LimitedServer } from "./limited-server.ts";
import { Simulation } from "./simulation.ts";

/** Time that a call takes to reach an instance. */
const networkMs = 0.5;

export interface OverloadOptions {
  readonly clients: number;
  readonly instances: number;
  /** What the clients ask for in each second, as a part of the whole capacity. */
  readonly load: (second: number) => number;
  /** What is left of each instance in each second, as a part of it. */
  readonly health: (second: number) => number;
  /** Of all that is left to chance. Default 11. */
  readonly seed?: number;
}

/**
 * A service whose instances limit themselves, and clients that obey: the whole of this package at work. A call is good when
 * it is answered within 1 s.
 *
 * @returns by second and by client, how many calls were asked for and how many were good
 */
export function overload(options: OverloadOptions, seconds: number) {
  const { clients, instances, load, health, seed = 11 } = options;
  const simulation = new Simulation(seed);
  const fleet = Array.from({ length: instances }, (_, index) => ({
    id: `instance-${index}`,
    server: new LimitedServer(simulation, { workers: 16, serviceMs: 10 }),
  }));
  const capacity = 1600 * instances;
  const good = new Float64Array(seconds);
  const asked = new Float64Array(seconds);
  const second = (): number => Math.min(seconds - 1, Math.floor(simulation.now / 1000));

  const client = () => {
    const budget = new RetryBudget();
    const throttle = new AdaptiveThrottle();
    const rests = new InstanceRests();
    const counts = { asked: 0, good: 0 };

    const attempt = (began: number, made: number): void => {
      const awake = fleet.filter(({ id }) => !rests.isResting(id, simulation.now));
      const instance = awake[Math.floor(simulation.random() * awake.length)];
      if (instance === undefined) return;
      simulation.after(networkMs, () => {
        const answered = (): void => {
          throttle.accepted(simulation.now);
          budget.succeeded();
          if (simulation.now - began > 1000) return;
          counts.good += 1;
          good[second()] = (good[second()] ?? 0) + 1;
        };
        instance.server.call(answered, ({ retryAfterMs }) =>
          simulation.after(networkMs, () => {
            throttle.refused(simulation.now);
            rests.rest(instance.id, retryAfterMs, simulation.now, simulation.random());
            const leftMs = began + 1000 - simulation.now;
            const call = {
              idempotency: Idempotency.IDEMPOTENCY_UNKNOWN,
              previousAttempts: 0,
              attempts: made,
              transparentRetries: 0,
            };
            const { retry } = defaultMethodPolicy;
            const decision = decideRetry(retry, { ...call, leftMs }, { tag: "refused" }, budget, simulation.random());
            if (decision.tag === "retry") simulation.after(decision.delayMs, () => attempt(began, made + 1));
          }),
        );
      });
    };

    simulation.arrivals(
      () => (load(second()) * capacity) / clients,
      () => {
        counts.asked += 1;
        asked[second()] = (asked[second()] ?? 0) + 1;
        if (throttle.admits(simulation.now, simulation.random())) attempt(simulation.now, 1);
      },
    );
    return counts;
  };
  const counts = Array.from({ length: clients }, client);
  for (let at = 0; at < seconds; at++) {
    simulation.after(at * 1000, () => {
      for (const { server } of fleet) server.workers = Math.max(1, Math.round(16 * health(at)));
    });
  }
  simulation.runUntil(seconds * 1000);
  return {
    counts,
    limits: fleet.map(({ server }) => server.limit.limit),
    /** Good calls in a second, as a part of what could have been: all that were asked for, up to the whole capacity. */
    goodput: (at: number): number => (good[at] ?? 0) / Math.min(asked[at] ?? 0, capacity),
  };
}
