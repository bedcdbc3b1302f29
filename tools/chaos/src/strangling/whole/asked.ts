import { setTimeout as sleep } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import { makeCall, type CallEnd } from "../../load/call-end.ts";

/** What a caller asks again after, because the contract says so, for so long at most, and after such pauses. */
const [patienceMs, againMs] = [40_000, 200];

/** A server that has too much to do has done nothing of this call. */
export function isTurnedAway(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.ResourceExhausted;
}

/** Every call that was made, and what was wrong with what was answered. */
export class Asked {
  readonly ends: CallEnd[] = [];
  /** Answers that a caller could not have expected, in words. */
  readonly surprises: string[] = [];
  /** By how many milliseconds an answer was behind what a caller was told, where it was. */
  readonly behindMs: number[] = [];
  /** Orders that were answered PENDING, and were taken further with the same key. */
  pending = 0;
  /** How often a caller was told to ask again, and did, by method and code. */
  readonly again = new Map<string, number>();

  /**
   * Makes one call, and keeps how it went.
   *
   * @param isToBeAskedAgain whether an error says that the same call is to be made later: it ends with the last answer then
   * @throws what the call throws
   */
  async call<Answer>(method: string, ask: () => Promise<Answer>, isToBeAskedAgain = isTurnedAway): Promise<Answer> {
    let ended: { readonly answer: Answer } | { readonly error: unknown } | undefined;
    const keep = async (): Promise<void> => {
      try {
        ended = { answer: await this.#patiently(method, ask, isToBeAskedAgain) };
      } catch (error) {
        ended = { error };
        throw error;
      }
    };
    this.ends.push(await makeCall({ method, repeatable: true, share: 1, call: keep }));
    if (ended === undefined) throw new Error("a call has no end");
    if ("error" in ended) throw ended.error;
    return ended.answer;
  }

  async #patiently<Answer>(
    method: string,
    ask: () => Promise<Answer>,
    isToBeAskedAgain: (error: unknown) => boolean,
  ): Promise<Answer> {
    const giveUpAt = performance.now() + patienceMs;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!isToBeAskedAgain(error) || performance.now() > giveUpAt) throw error;
        const what = `${method}: ${Code[ConnectError.from(error).code]}`;
        this.again.set(what, (this.again.get(what) ?? 0) + 1);
        await sleep(againMs);
      }
    }
  }

  /** @param since when the caller was told what is not to be seen yet, by `performance.now()` */
  behind(since: number): void {
    this.behindMs.push(performance.now() - since);
  }
}
