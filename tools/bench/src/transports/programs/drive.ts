import type { LoadResult, LoadTask } from "./messages.ts";
import { latenciesOf } from "../latencies.ts";
import type { Turns } from "./turns.ts";

/** After so many failures nothing more is to be learnt. */
const mostFailures = 100;

/** Lets `inFlight` callers call, each the next time when it has its answer. */
export async function drive(open: () => Turns, { inFlight, ms, atMost = Infinity }: LoadTask): Promise<LoadResult> {
  const micros: number[] = [];
  let [begun, failed] = [0, 0];
  let failure: string | undefined;
  const startedAt = performance.now();
  const end = startedAt + ms;

  const callOn = async (): Promise<void> => {
    let turns = open();
    for (let now = performance.now(); now < end && begun < atMost && failed < mostFailures;) {
      begun++;
      try {
        await turns.next();
        const answeredAt = performance.now();
        micros.push((answeredAt - now) * 1000);
        now = answeredAt;
      } catch (error) {
        failed++;
        failure ??= error instanceof Error ? error.message : String(error);
        turns.close();
        turns = open();
        now = performance.now();
      }
    }
    turns.close();
  };
  await Promise.all(Array.from({ length: inFlight }, callOn));

  const elapsedMs = performance.now() - startedAt;
  return {
    succeeded: micros.length,
    failed,
    elapsedMs,
    ...(failure !== undefined && { failure }),
    ...(micros.length > 0 && { micros: latenciesOf(micros) }),
  };
}
