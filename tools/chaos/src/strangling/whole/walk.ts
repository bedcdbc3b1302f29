import type { Acknowledged } from "./acknowledged.ts";
import type { Asked } from "./asked.ts";
import { textOf } from "./command.ts";
import type { Killer } from "./killer.ts";
import type { Phase } from "./phase.ts";
import { seededRandom } from "./random.ts";
import { openStage, reservationSeconds, type Service } from "./stage.ts";
import { Steps } from "./steps.ts";
import { startVisitors } from "./visitors.ts";

export interface WalkOptions {
  /** Which modules are taken out, in the order of `services`. */
  readonly taken: readonly Service[];
  /** Whose writes and reads are taken back in the end, if any. */
  readonly back: Service | undefined;
  /** Deeds a second: each is one call, or a few. */
  readonly rate: number;
  /** Flags of `banyan ramp` beside `--to 100`. */
  readonly ramp: readonly string[];
  /** What commands are killed by; undefined for a walk on which none is. */
  readonly kill: { readonly seed: number; readonly times: number } | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export interface WalkResult {
  readonly asked: Asked;
  readonly told: Acknowledged;
  readonly phases: readonly Phase[];
  /** Commands that were killed, as they were typed. */
  readonly kills: readonly string[];
  /** What is not as callers were told, and what a verifier has found, in words. */
  readonly differences: readonly string[];
}

/**
 * Takes modules out of the monolith while it is called, by the commands that an operator would type, one after the other.
 *
 * @throws when a command does not do what it is for
 */
export async function walk(options: WalkOptions): Promise<WalkResult> {
  const { taken, back, rate, kill, signal, onProgress } = options;
  onProgress("bringing up etcd, PostgreSQL, two instances of the monolith, and the services");
  await using stage = await openStage(taken, signal);
  const kills: string[] = [];
  const killer: Killer | undefined = kill && {
    random: seededRandom(kill.seed),
    times: kill.times,
    onKill: (line, { afterMs, said }) => {
      const kill = `${textOf(line)} after ${afterMs} ms${said === "" ? "" : `, when it had said: ${said}`}`;
      kills.push(kill);
      onProgress(`  killed: ${kill}`);
    },
  };
  const reserving = taken.includes("inventory") ? reservationSeconds : undefined;
  await using visitors = await startVisitors({ doors: stage.doors, rate, reservationSeconds: reserving });
  const { asked, told } = visitors;
  await using steps = new Steps({ stage, asked, killer, ramp: options.ramp, signal, onProgress });
  await steps.quiet();
  for (const service of taken) await steps.takeOut(service);
  if (back !== undefined) await steps.takeBack(back);
  await visitors.leave();
  const differences = [...(await steps.verified(taken)), ...(await visitors.differences(signal))];
  return { asked, told, phases: steps.phases, kills, differences };
}
