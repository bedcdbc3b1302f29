import { strategies, type BalancerPolicy } from "@banyan/balancer";
import {
  defaultMethodPolicy,
  defaultPolicy,
  parsePolicy,
  policyFor,
  PolicyError,
  type MethodPolicy,
  type Policy,
  type RetryBudget,
} from "@banyan/resilience";
import type { Logger } from "@banyan/telemetry";
import type { DescMethod } from "@bufbuild/protobuf";
import { balancingOf } from "./balancing-config.ts";
import type { Fleet } from "./fleet.ts";

/** Where policies come from, as text: what `registry.watchConfig(name)` returns. */
export interface PolicySource extends AsyncDisposable {
  /** Calls `listener` with the one that is known, and with each one after it; undefined when there is none any more. */
  subscribe(listener: (value: string | undefined) => void): () => void;
}

export interface CallPolicyOptions {
  /** The service, for the log. */
  readonly name: string;
  readonly fleet: Pick<Fleet, "configure">;
  readonly budget: RetryBudget;
  /** Of a unary call for which nobody says anything else, in milliseconds; 0 for none. */
  readonly deadlineMs: number;
  readonly policy?: unknown;
  readonly config?: PolicySource | undefined;
  readonly balancing?: BalancerPolicy | undefined;
  readonly log?: Logger | undefined;
}

/** The policy of the calls to one service: what was given, and in its place what is configured while the process runs. */
export class CallPolicy implements Disposable {
  readonly #options: CallPolicyOptions;
  /** What holds where nothing is configured. */
  readonly #given: Policy;
  readonly #unsubscribe: (() => void) | undefined;
  #current: Policy;

  /** @throws {PolicyError} when the policy that is given is malformed */
  constructor(options: CallPolicyOptions) {
    this.#options = options;
    const timeoutMs = options.deadlineMs > 0 ? options.deadlineMs : Infinity;
    const base = { ...defaultPolicy, anyService: { ...defaultMethodPolicy, timeoutMs } };
    this.#given = options.policy === undefined ? base : parsePolicy(options.policy, { base, strategies });
    this.#current = base;
    this.#apply(this.#given);
    this.#unsubscribe = options.config?.subscribe((text) => this.#update(text));
  }

  of(method: DescMethod): MethodPolicy {
    return policyFor(this.#current, method.parent.typeName, method.name);
  }

  [Symbol.dispose](): void {
    this.#unsubscribe?.();
  }

  #update(text: string | undefined): void {
    const { name, log } = this.#options;
    try {
      this.#apply(text === undefined ? this.#given : parsePolicy(text, { base: this.#given, strategies }));
      log?.info({ callee: name, configured: text !== undefined }, "policy of calls has changed");
    } catch (error) {
      if (!(error instanceof PolicyError || error instanceof RangeError)) throw error;
      log?.warn({ callee: name, error: error.message }, "policy of calls is refused; the last good one goes on");
    }
  }

  /** Takes all of a policy, or nothing. @throws {PolicyError | RangeError} when the balancing is malformed */
  #apply(policy: Policy): void {
    const { fleet, budget, balancing } = this.#options;
    fleet.configure({ ...balancing, ...balancingOf(policy.loadBalancing) });
    budget.configure(policy.retryThrottling);
    this.#current = policy;
  }
}
