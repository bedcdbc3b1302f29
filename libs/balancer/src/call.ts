import type { BalancedInstance } from "./instance.ts";
import type { Member } from "./member.ts";

/**
 * How a call ended.
 *
 * - `success`: the instance did its work, be it to refuse the request for good reasons
 * - `failure`: it could not be reached, broke off, was too late or broken
 * - `neutral`: nothing was learned of its health: the caller cancelled, or the instance refused without trying
 */
export type Outcome = "success" | "failure" | "neutral";

/** An instance that was picked for one call. Its methods need their object: `picked.done(…)`, not `const { done } = picked`. */
export interface Picked<I> {
  readonly instance: I;
  /**
   * The first answer of a stream has come: the latency is measured here, and not when the stream ends. From here on the call
   * no longer waits, and counts for `least_request` alone.
   */
  answered(): void;
  /**
   * The call is over. It must be called for each pick, in the end; what comes after the first time is ignored.
   *
   * A success without `answered` is an answer now. A failure or a neutral end never lowers the latency, but raises it when
   * the call waited longer.
   */
  done(outcome: Outcome): void;
}

/** Who is told what became of a call. */
export interface CallListener<I extends BalancedInstance> {
  answered(call: Call<I>): void;
  done(call: Call<I>, outcome: Outcome): void;
}

export class Call<I extends BalancedInstance> implements Picked<I> {
  readonly member: Member<I>;
  readonly pickedAt: number;
  readonly #listener: CallListener<I>;
  #stage: "waiting" | "answered" | "done" = "waiting";

  constructor(member: Member<I>, pickedAt: number, listener: CallListener<I>) {
    this.member = member;
    this.pickedAt = pickedAt;
    this.#listener = listener;
  }

  get instance(): I {
    return this.member.instance;
  }

  get stage(): "waiting" | "answered" | "done" {
    return this.#stage;
  }

  answered(): void {
    if (this.#stage !== "waiting") return;
    this.#listener.answered(this);
    this.#stage = "answered";
  }

  done(outcome: Outcome): void {
    if (this.#stage === "done") return;
    this.#listener.done(this, outcome);
    this.#stage = "done";
  }
}
