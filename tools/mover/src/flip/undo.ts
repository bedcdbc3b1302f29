import { readFence, reopen } from "../fence/fence.ts";
import { remember } from "../rule/remember.ts";
import { FlipUndoneError, type FlipOptions, type Plan } from "./flip-options.ts";
import { removePause } from "./recover.ts";

/** Puts back what a flip has changed that was not decided. @returns what to tell of it */
export async function undo(
  { sessions, mapping, store, to, by }: FlipOptions,
  { from, epoch }: Plan,
  isClosed: boolean,
  reason: string,
): Promise<Error> {
  const failures: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) =>
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`),
    );
  };
  if (isClosed) {
    await attempt("the fence, which opens by itself when the pause is over", async () => {
      if (await reopen(sessions[from], mapping, epoch)) return;
      // Its closing may have failed, or the answer to its last step may have been lost.
      const fence = await readFence(sessions[from], mapping);
      if (fence?.here !== true)
        throw new Error("it is closed for good, so that the flip is decided: flip again, which ends it");
    });
  }
  await attempt("the rule, in which the pause ends by itself", () => removePause(store, mapping));
  const entry = { by, what: "flip undone", reason: reason.slice(0, 500), facts: { to } };
  await attempt("the history", () => remember(store, mapping, entry));
  const rest = failures.length === 0 ? "" : ` (not put back: ${failures.join("; ")})`;
  return new FlipUndoneError(`writes of ${mapping.service} stay with the ${from}: ${reason}${rest}`);
}

/** Why a flip was not made, in one line. */
export function reasonOf(error: unknown, interrupted: AbortSignal, pauseSeconds: number): string {
  if (interrupted.aborted) return "interrupted";
  if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError")) {
    return `not done within the ${pauseSeconds} s for which writes may be held`;
  }
  return error instanceof Error ? error.message : String(error);
}
