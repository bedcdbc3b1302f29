import { startPlatform, type Platform } from "./platform.ts";
import { restartAll, type Restart } from "./restarts.ts";
import { underLoad, type LoadOptions, type LoadResult } from "./under-load.ts";

export interface RollingOptions extends LoadOptions {
  /** Of each service. */
  readonly instances: number;
}

export interface RollingResult extends LoadResult {
  readonly etcdVersion: string;
  readonly environment: Platform["environment"];
  readonly restarts: readonly Restart[];
}

/**
 * Restarts every instance of a platform again and again while it is called, until so many calls were made and each
 * instance was restarted once at the least.
 *
 * @throws when an instance does not come up or does not end in good order, or `signal` is aborted
 */
export async function runRolling(options: RollingOptions): Promise<RollingResult> {
  const { instances, signal, onProgress } = options;
  onProgress("bringing up etcd, PostgreSQL and the services");
  await using platform = await startPlatform({ instances, signal });
  const restarts: Restart[] = [];
  const load = await underLoad(platform, options, {
    carryOut: (stopping) => restartAll(platform, { stopping, onRestart: (restart) => restarts.push(restart) }),
    progress: () => `${restarts.length} restarts`,
  });
  const { etcdVersion, environment } = platform;
  return { ...load, etcdVersion, environment, restarts };
}
