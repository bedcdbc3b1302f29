import type { Instance, ListedInstance } from "@banyan/registry";
import type { HealthAnswer } from "@banyan/rpc";

/** Asks one instance for its health; never rejects, and takes bounded time. */
export type AskHealth = (address: string, service: string, signal: AbortSignal) => Promise<HealthAnswer>;

/** So many instances are asked at the same time. */
const atATime = 64;

/** The last answer of each listed instance. */
export class HealthBoard {
  readonly #ask: AskHealth;
  readonly #answers = new Map<string, HealthAnswer>();
  readonly #waiting = new Map<string, Question>();
  readonly #underWay = new Set<string>();

  constructor(ask: AskHealth) {
    this.#ask = ask;
  }

  /**
   * Asks all that can be asked and are not being asked already, and forgets the others.
   *
   * @returns when all that it asks have answered, or `signal` is aborted
   */
  async ask(listed: readonly ListedInstance[], signal: AbortSignal): Promise<void> {
    const questions = new Map<string, Question>();
    for (const { service, reading } of listed) {
      if (reading.tag === "instance") questions.set(...questionTo(service, reading.instance));
    }
    for (const id of this.#answers.keys()) if (!questions.has(id)) this.#answers.delete(id);
    for (const id of this.#waiting.keys()) if (!questions.has(id)) this.#waiting.delete(id);
    for (const [id, question] of questions) if (!this.#underWay.has(id)) this.#waiting.set(id, question);
    const free = Math.min(this.#waiting.size, atATime - this.#underWay.size);
    await Promise.all(Array.from({ length: free }, () => this.#askWaiting(signal)));
  }

  /** Undefined before the first answer, and for an instance that cannot be asked. */
  answerOf({ service, reading }: ListedInstance): HealthAnswer | undefined {
    return reading.tag === "instance" ? this.#answers.get(questionTo(service, reading.instance)[0]) : undefined;
  }

  /** Asks one after the other until none waits. */
  async #askWaiting(signal: AbortSignal): Promise<void> {
    for (const [id, { address, service }] of this.#waiting) {
      if (signal.aborted) return;
      this.#waiting.delete(id);
      this.#underWay.add(id);
      this.#answers.set(id, await this.#ask(address, service, signal));
      this.#underWay.delete(id);
    }
  }
}

interface Question {
  readonly address: string;
  readonly service: string;
}

/** A question and its id: one address may be listed under several services, and answer for one alone. */
function questionTo(service: string, { address }: Instance): [string, Question] {
  return [`${service} ${address}`, { address, service }];
}
