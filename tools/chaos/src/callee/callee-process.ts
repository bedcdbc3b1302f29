import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { startProgram } from "@banyan/dev";
import { calleeReady, type CalleePlan } from "./callee-plan.ts";
import type { WorkSettings } from "./work.ts";

/** An instance of the service that is called, as a process of its own. Disposal ends it, by force after 10 seconds. */
export interface CalleeProcess extends AsyncDisposable {
  readonly id: string;
  /** SIGKILL ends it; SIGSTOP and SIGCONT stop it and let it go on. */
  kill(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void>;
  /** How it does its work from now on. */
  setWork(settings: WorkSettings): Promise<void>;
}

export interface CalleeOptions {
  readonly plan: CalleePlan;
  /** Gets what it prints. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

const readyMs = 60_000;
const settingsMs = 5000;
const patienceSeconds = 10;

/** Starts one and resolves when it is announced. */
export async function startCallee({ plan, onLine, signal }: CalleeOptions): Promise<CalleeProcess> {
  const program = await startProgram({
    args: [join(import.meta.dirname, "callee-process-main.ts"), JSON.stringify(plan)],
    folder: join(import.meta.dirname, ".."),
    env: {},
    stdio: "pipe",
    patienceSeconds,
  });
  const ready = Promise.withResolvers<string>();
  for (const output of program.outputs) {
    createInterface(output).on("line", (line) => {
      onLine(`${plan.id}: ${line}`);
      if (line.startsWith('{"settingsUrl"')) ready.resolve(calleeReady.parse(JSON.parse(line)).settingsUrl);
    });
  }
  const settingsUrl = await Promise.race([
    ready.promise,
    program.ended.then(() => undefined),
    sleep(readyMs, undefined, { signal, ref: false }),
  ]).catch(() => undefined);
  if (settingsUrl === undefined) {
    await program.stop();
    throw new Error(`${plan.id} was not announced within ${readyMs / 1000} s, or has ended before`);
  }
  let isFrozen = false;
  let isGone = false;
  return {
    id: plan.id,
    async kill(name) {
      process.kill(program.pid, name);
      isFrozen = name === "SIGSTOP";
      isGone ||= name === "SIGKILL";
      if (isGone) await program.ended;
    },
    async setWork(settings) {
      const body = JSON.stringify(settings);
      const { ok } = await fetch(settingsUrl, { method: "POST", body, signal: AbortSignal.timeout(settingsMs) });
      if (!ok) throw new Error(`${plan.id} has not taken ${body}`);
    },
    async [Symbol.asyncDispose]() {
      if (isGone) return;
      const stopped = program.stop();
      if (isFrozen) process.kill(program.pid, "SIGCONT"); // else it would hear of its end too late
      await stopped;
    },
  };
}
