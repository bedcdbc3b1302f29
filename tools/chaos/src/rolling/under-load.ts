import type { RegistryLog } from "@banyan/registry";
import { makeCall, rotation, type CallEnd, type Deed } from "../load/call-end.ts";
import { Ledger } from "./ledger.ts";
import type { Platform } from "./platform.ts";
import { openShop, type Shop } from "./shop.ts";

export interface LoadOptions {
  /** At least so many are made. */
  readonly calls: number;
  /** How many are under way at a time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Gets a line now and then. */
  readonly onProgress: (line: string) => void;
}

/** What is done to a platform while it is called. */
export interface Change {
  /** @param enough aborted when enough calls were made */
  readonly carryOut: (enough: AbortSignal) => Promise<void>;
  /** How far it has got, in a few words. */
  readonly progress: () => string;
}

export interface LoadResult {
  readonly ends: readonly CallEnd[];
  readonly tookMs: number;
  /** Orders and stock that are not as callers were told, in words. */
  readonly differences: readonly string[];
  readonly orders: number;
}

const shops = 3;
const progressMs = 10_000;
const silent: RegistryLog = { info: () => undefined, warn: () => undefined, debug: () => undefined };

/**
 * Calls the platform until so many calls were made and the change is complete, and compares what is there in the end with
 * what callers were told.
 *
 * @throws what the change throws, or the reason for which `signal` is aborted
 */
export async function underLoad(
  platform: Platform,
  { calls, concurrency, signal, onProgress }: LoadOptions,
  change: Change,
): Promise<LoadResult> {
  const ledger = new Ledger();
  await using opened = new AsyncDisposableStack();
  const callers = Array.from({ length: shops }, () => opened.use(openShop(platform.etcdEndpoint, ledger, silent)));
  const [first] = callers;
  if (first === undefined) throw new Error("somebody must call");
  const goods = await first.stockUp();

  const ends: CallEnd[] = [];
  const enough = new AbortController();
  const finished = new AbortController();
  const startedAt = performance.now();
  using _ = every(progressMs, () => onProgress(`${describeProgress(ends, calls)}, ${change.progress()}`));

  const changing = change.carryOut(AbortSignal.any([enough.signal, signal])).finally(() => finished.abort());
  const deeds = callers.map((shop: Shop) => shop.deeds(goods));
  const calling = Array.from({ length: concurrency }, (__, i) =>
    callOn(deeds[i % deeds.length] ?? [], ends, () => {
      if (ends.length >= calls) enough.abort();
      return finished.signal.aborted || signal.aborted;
    }),
  );
  await Promise.all([changing, ...calling]);
  signal.throwIfAborted();
  const tookMs = performance.now() - startedAt;

  onProgress("comparing orders and stock with what callers were told");
  const differences = ledger.reconcile(await first.orders(goods), await first.stock(goods));
  return { ends, tookMs, differences, orders: ledger.orders.length };
}

/** Makes one call after the other until it is over. */
async function callOn(deeds: readonly Deed[], ends: CallEnd[], isOver: () => boolean): Promise<void> {
  const next = rotation(deeds);
  while (!isOver()) ends.push(await makeCall(next.next().value));
}

function describeProgress(ends: readonly CallEnd[], calls: number): string {
  const failed = ends.filter(({ failure }) => failure !== undefined).length;
  const inThousands = (count: number): string => count.toLocaleString("en-GB");
  return `${inThousands(ends.length)} of ${inThousands(calls)} calls, ${failed} failed`;
}

function every(ms: number, act: () => void): Disposable {
  const timer = setInterval(act, ms);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
