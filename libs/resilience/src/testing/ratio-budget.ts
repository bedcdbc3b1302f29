import type { Simulation } from "./simulation.ts";
import type { StormBudget } from "./storm.ts";

/**
 * A budget as Finagle has it, to compare ours with: each call earns a fifth of a retry, 10 more come every second, and all
 * are forgotten after 10 s.
 *
 * @see https://twitter.github.io/finagle/guide/Clients.html#retry-budget
 */
export function ratioBudget(simulation: Simulation): StormBudget {
  const entries: { readonly at: number; readonly retries: number }[] = [];
  let balance = 100;
  const add = (retries: number): void => {
    entries.push({ at: simulation.now, retries });
    balance += retries;
    for (let first = entries[0]; first !== undefined && first.at < simulation.now - 10_000; first = entries[0]) {
      balance -= first.retries;
      entries.shift();
    }
  };
  return {
    began: () => add(0.2),
    get allows() {
      if (balance < 1) return false;
      add(-1);
      return true;
    },
    succeeded: () => undefined,
    failed: () => undefined,
  };
}
