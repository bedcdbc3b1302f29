import { startEtcd } from "@banyan/dev";
import { Operator } from "./operator.ts";
import type { World, WorldOptions } from "./world.ts";

/** An etcd of one member. */
export interface SingleWorld extends World {
  readonly kind: "single";
  kill(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void>;
  /** In good order; {@link restart} brings it back. */
  stop(): Promise<void>;
  /** Resolves when it is healthy, on the same data and at the same address. */
  restart(): Promise<void>;
  /** Ends it, and starts one without any data at the same address. */
  wipe(): Promise<void>;
}

export async function openSingle(options: WorldOptions): Promise<SingleWorld> {
  let etcd = await startEtcd(options);
  const { endpoint, version } = etcd;
  return {
    kind: "single",
    version,
    endpoints: [endpoint],
    operator: new Operator(() => endpoint),
    kill: (signal) => etcd.kill(signal),
    stop: () => etcd.stop(),
    restart: () => etcd.restart(),
    async wipe() {
      await etcd[Symbol.asyncDispose]();
      etcd = await startEtcd({ ...options, port: Number(new URL(endpoint).port) });
    },
    [Symbol.asyncDispose]: () => etcd[Symbol.asyncDispose](),
  };
}
