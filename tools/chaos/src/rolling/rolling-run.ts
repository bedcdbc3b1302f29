import type { RegistryLog } from "@banyan/registry";
import { makeCall, rotation, type CallEnd, type Deed } from "../load/call-end.ts";
import { Ledger } from "./ledger.ts";
import { startPlatform, type Platform } from "./platform.ts";
import { restartAll, type Restart } from "./restarts.ts";
import { openShop, type Shop } from "./shop.ts";

export interface RollingOptions {
  /** At least so many are made. */
  readonly calls: number;
  /** How many are under way at a time. */
  readonly concurrency: number;
  /** Of each service. */
  readonly instances: number;
  readonly signal: AbortSignal;
  /** Gets a line now and then. */
  readonly onProgress: (line: string) => void;
}

export interface RollingResult {
  readonly etcdVersion: string;
  readonly environment: Platform["environment"];
  readonly ends: readonly CallEnd[];
  readonly restarts: readonly Restart[];
  readonly tookMs: number;
  /** Orders and stock that are not as callers were told, in words. */
  readonly differences: readonly string[];
  readonly orders: number;
}

const shops = 3;
const progressMs = 10_000;
const silent: RegistryLog = { info: () => undefined, warn: () => undefined, debug: () => undefined };

/**
 * Restarts every instance of a platform again and again while it is called, until so many calls were made and each
 * instance was restarted once at the least.
 *
 * @throws when an instance does not come up or does not end in good order, or `signal` is aborted
 */
export async function runRolling(options: RollingOptions): Promise<RollingResult> {
  const { calls, concurrency, instances, signal, onProgress } = options;
  onProgress("bringing up etcd, PostgreSQL and the services");
  await using platform = await startPlatform({ instances, signal });
  const ledger = new Ledger();
  await using opened = new AsyncDisposableStack();
  const callers = Array.from({ length: shops }, () => opened.use(openShop(platform.etcdEndpoint, ledger, silent)));
  const [first] = callers;
  if (first === undefined) throw new Error("somebody must call");
  const goods = await first.stockUp();

  const ends: CallEnd[] = [];
  const restarts: Restart[] = [];
  const enough = new AbortController();
  const finished = new AbortController();
  const startedAt = performance.now();
  using _ = every(progressMs, () => onProgress(describeProgress(ends, restarts, calls)));

  const restarting = restartAll(platform, {
    stopping: AbortSignal.any([enough.signal, signal]),
    onRestart: (restart) => restarts.push(restart),
  }).finally(() => finished.abort());
  const deeds = callers.map((shop: Shop) => shop.deeds(goods));
  const calling = Array.from({ length: concurrency }, (_, i) =>
    callOn(deeds[i % deeds.length] ?? [], ends, () => {
      if (ends.length >= calls) enough.abort();
      return finished.signal.aborted || signal.aborted;
    }),
  );
  await Promise.all([restarting, ...calling]);
  signal.throwIfAborted();
  const tookMs = performance.now() - startedAt;

  onProgress("comparing orders and stock with what callers were told");
  const differences = ledger.reconcile(await first.orders(goods), await first.stock(goods));
  const { etcdVersion, environment } = platform;
  return { etcdVersion, environment, ends, restarts, tookMs, differences, orders: ledger.orders.length };
}

/** Makes one call after the other until it is over. */
async function callOn(deeds: readonly Deed[], ends: CallEnd[], isOver: () => boolean): Promise<void> {
  const next = rotation(deeds);
  while (!isOver()) ends.push(await makeCall(next.next().value));
}

function describeProgress(ends: readonly CallEnd[], restarts: readonly Restart[], calls: number): string {
  const failed = ends.filter(({ failure }) => failure !== undefined).length;
  const inThousands = (count: number): string => count.toLocaleString("en-GB");
  return `${inThousands(ends.length)} of ${inThousands(calls)} calls, ${restarts.length} restarts, ${failed} failed`;
}

function every(ms: number, act: () => void): Disposable {
  const timer = setInterval(act, ms);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
