import type { Platform } from "./platform.ts";
import { freeSeat, type Seat, type ServiceInstance } from "./service-instance.ts";

/**
 * How an instance is replaced.
 *
 * - `surge`: the new one is ready before the old one is told to stop, as a Deployment of Kubernetes does it
 * - `in place`: the old one has ended before the new one starts, at the same address
 * - `new version`: as many of the next version are ready before the first old one is told to stop
 */
export type Manner = "surge" | "in place" | "new version";

/** One restart; times are by `performance.now()`. */
export interface Restart {
  readonly name: string;
  readonly manner: Manner;
  /** When the old one got its SIGTERM. */
  readonly stoppingAt: number;
  /** When its process had ended; Infinity until then. */
  endedAt: number;
}

/**
 * Restarts every instance of the platform, one after the other, round after round and by turns in each manner, until
 * `stopping` is aborted and a round is complete.
 *
 * @param onRestart gets each restart when it begins
 * @throws when an instance does not start, or does not end in good order
 */
export async function restartAll(
  platform: Pick<Platform, "running" | "start" | "stop">,
  { stopping, onRestart }: { readonly stopping: AbortSignal; readonly onRestart: (restart: Restart) => void },
): Promise<void> {
  const stop = (instance: ServiceInstance, manner: Manner): Promise<void> =>
    endInstance(platform, instance, manner, onRestart);
  for (let round = 0; round === 0 || !stopping.aborted; round++) {
    const manner = round % 2 === 0 ? "surge" : "in place";
    const present = [...platform.running];
    for (const instance of present) {
      const seat: Seat = manner === "surge" ? await freeSeat() : instance.seat;
      if (manner === "in place") await stop(instance, manner);
      await platform.start(instance.service, { seat });
      if (manner === "surge") await stop(instance, manner);
    }
  }
}

/** Ends one instance in good order. @param onRestart gets the restart when it begins */
export async function endInstance(
  platform: Pick<Platform, "stop">,
  instance: ServiceInstance,
  manner: Manner,
  onRestart: (restart: Restart) => void,
): Promise<void> {
  const restart: Restart = { name: instance.name, manner, stoppingAt: performance.now(), endedAt: Infinity };
  onRestart(restart);
  await platform.stop(instance);
  restart.endedAt = performance.now();
}

/** Which instances were going down while a call was under way, in words; `nobody` where it was none of them. */
export function goingDown(restarts: readonly Restart[], from: number, to: number): string {
  const names = restarts
    .filter(({ stoppingAt, endedAt }) => stoppingAt <= to && endedAt >= from)
    .map(({ name, manner, stoppingAt }) => {
      return `${name} (${manner}, ${((to - stoppingAt) / 1000).toFixed(2)} s after its SIGTERM)`;
    });
  return names.length === 0 ? "nobody" : names.join(", ");
}
