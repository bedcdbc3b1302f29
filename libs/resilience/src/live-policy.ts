import { parsePolicy, type ParsePolicyOptions } from "./parse-policy.ts";
import { defaultPolicy, policyFor, type MethodPolicy, type Policy } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";

/** What became of an update. A policy that was refused has changed nothing. */
export type PolicyUpdate =
  { readonly tag: "taken"; readonly policy: Policy } | { readonly tag: "refused"; readonly error: PolicyError };

/** The policy that holds now: the last good one. Calls that have begun go on under the one that they began with. */
export class LivePolicy {
  readonly #options: ParsePolicyOptions;
  #current: Policy;

  /** @param options.base what holds at first, and again when an update takes everything back. Default `defaultPolicy` */
  constructor(options: ParsePolicyOptions = {}) {
    this.#options = options;
    this.#current = options.base ?? defaultPolicy;
  }

  get current(): Policy {
    return this.#current;
  }

  policyFor(serviceTypeName: string, methodName: string): MethodPolicy {
    return policyFor(this.#current, serviceTypeName, methodName);
  }

  /**
   * @param json an object, the JSON text of one, or undefined when there is no policy any more; it stands in the place of
   *   the one before, and is not added to it
   */
  update(json: unknown): PolicyUpdate {
    try {
      this.#current = json === undefined ? (this.#options.base ?? defaultPolicy) : parsePolicy(json, this.#options);
      return { tag: "taken", policy: this.#current };
    } catch (error) {
      if (error instanceof PolicyError) return { tag: "refused", error };
      throw error;
    }
  }
}
