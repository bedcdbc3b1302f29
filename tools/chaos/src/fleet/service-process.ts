import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { startProgram } from "@banyan/dev";
import type { Stage } from "../stage.ts";
import type { World } from "../world/world.ts";
import { service, ttlSeconds } from "./fleet.ts";
import { readyLine, type ServicePlan } from "./service-plan.ts";
import type { Whereabouts } from "./truth.ts";

/** A process of its own that announces instances. Disposal withdraws them and ends it, by force after 10 seconds. */
export interface ServiceProcess extends AsyncDisposable {
  readonly instances: readonly Whereabouts[];
  /** SIGKILL ends it; SIGSTOP and SIGCONT stop it and let it go on. */
  kill(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void>;
}

/** For a Node process that brings up hundreds of connections, beside others that do the same. */
const startMs = 60_000;
const patienceSeconds = 10;

/**
 * Starts a process and resolves when all its instances are announced. It ends with this one at the latest.
 *
 * @param port of 127.0.0.1, where it serves in the name of them all
 */
export async function startServiceProcess<W extends World>(
  stage: Stage<W>,
  port: number,
  instances: readonly Whereabouts[],
): Promise<ServiceProcess> {
  const plan: ServicePlan = { endpoints: stage.world.endpoints, service, ttlSeconds, port, instances };
  const program = await startProgram({
    args: [join(import.meta.dirname, "service-process-main.ts"), JSON.stringify(plan)],
    folder: join(import.meta.dirname, ".."),
    env: {},
    stdio: "pipe",
    patienceSeconds,
  });
  const started = Promise.withResolvers<void>();
  for (const output of program.outputs) {
    createInterface(output).on("line", (line) => {
      stage.note(`process ${program.pid}: ${line}`);
      if (line === readyLine) started.resolve();
    });
  }
  try {
    const late = sleep(startMs, undefined, { signal: stage.signal, ref: false });
    const outcome = await Promise.race([started.promise, program.ended.then(() => "ended"), late.then(() => "late")]);
    if (outcome !== undefined) throw new Error(`the service process has not announced its instances: ${outcome}`);
  } catch (error) {
    await program.stop();
    throw error;
  }
  let isFrozen = false;
  return {
    instances,
    async kill(signal) {
      process.kill(program.pid, signal);
      isFrozen = signal === "SIGSTOP";
      if (signal === "SIGKILL") await program.ended;
    },
    async [Symbol.asyncDispose]() {
      const stopped = program.stop();
      if (isFrozen) process.kill(program.pid, "SIGCONT"); // else it would hear of its end too late
      await stopped;
    },
  };
}
