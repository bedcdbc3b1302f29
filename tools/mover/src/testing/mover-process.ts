import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { World } from "./world.ts";

/** `banyan-mover` as a process of its own. */
export interface MoverProcess extends AsyncDisposable {
  readonly output: () => string;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  kill(signal: NodeJS.Signals): void;
}

export function spawnMover(world: World, args: readonly string[], etcdEndpoint = "http://127.0.0.1:1"): MoverProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../main.ts"), ...args], {
    env: {
      ETCD_ENDPOINTS: etcdEndpoint,
      LEGACY_DATABASE_URL: world.urls.legacy,
      CANDIDATE_DATABASE_URL: world.urls.candidate,
      LEGACY_ADMIN_URL: world.adminUrls.legacy,
      CANDIDATE_ADMIN_URL: world.adminUrls.candidate,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const exit = once(child, "close").then(() => ({ code: child.exitCode, signal: child.signalCode }));
  return {
    output: () => output,
    exit,
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
