import { ConcurrencyLimit } from "../concurrency-limit.ts";
import type { ConcurrencyLimitOptions } from "../concurrency-options.ts";
import { defaultWaiting } from "../defaults.ts";
import type { Permit, Refusal } from "../permit.ts";
import { WaitingCalls } from "../waiting-calls.ts";
import { SimulatedServer } from "./simulated-server.ts";
import type { Simulation } from "./simulation.ts";

/** What happens in one turn of an event loop comes in this order: calls, answers, the end of waiting. In milliseconds. */
const answerLagMs = 0.5;
const expiryLagMs = 1;

/** A server that limits itself as ours does, and whose process stands still at times. */
export class LimitedServer extends SimulatedServer {
  readonly limit: ConcurrencyLimit;
  readonly #simulation: Simulation;
  readonly #waiting: WaitingCalls;
  #isExpiring = false;
  #stillUntil = -Infinity;

  constructor(
    simulation: Simulation,
    load: { readonly workers: number; readonly serviceMs: number },
    options: Partial<ConcurrencyLimitOptions> = {},
  ) {
    super(simulation, load);
    this.#simulation = simulation;
    this.limit = new ConcurrencyLimit(options);
    this.#waiting = new WaitingCalls(this.limit);
  }

  /** From now on nothing is taken and nothing is answered; what is worked on elsewhere goes on. */
  standStill(forMs: number): void {
    this.#stillUntil = this.#simulation.now + forMs;
  }

  override call(answered: () => void, refused?: (refusal: Refusal) => void): boolean {
    this.#inTurn(0, () => {
      const settle = (answer: Permit | Refusal): void => {
        if (answer.tag === "refusal") refused?.(answer);
        else super.call(() => this.#inTurn(answerLagMs, () => this.#answer(answer, answered)));
      };
      const { now } = this.#simulation;
      const found = this.limit.isFull ? this.#waiting.enter(now, settle) : this.limit.acquire(now);
      if (found !== undefined) settle(found);
      else if (!this.#isExpiring) this.#expireIn(defaultWaiting.maxWaitMs);
    });
    return true;
  }

  #answer(permit: Permit, answered: () => void): void {
    permit.release(this.#simulation.now, "finished");
    this.#waiting.admit(this.#simulation.now);
    answered();
  }

  #expireIn(delayMs: number): void {
    this.#isExpiring = true;
    this.#simulation.after(delayMs, () =>
      this.#inTurn(expiryLagMs, () => {
        const leftMs = this.#waiting.expire(this.#simulation.now);
        this.#isExpiring = false;
        if (leftMs !== undefined) this.#expireIn(leftMs);
      }),
    );
  }

  /** At once, or when the process goes on. */
  #inTurn(lagMs: number, act: () => void): void {
    const stillMs = this.#stillUntil - this.#simulation.now;
    if (stillMs > 0) this.#simulation.after(stillMs + lagMs, act);
    else act();
  }
}
