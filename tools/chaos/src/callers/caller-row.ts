import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@banyan/dev";
import { openRegistry } from "@banyan/registry";
import { balancedTransport } from "@banyan/rpc";
import { startCallee } from "../callee/callee-process.ts";
import { allDeeds } from "../callee/deeds.ts";
import { service, ttlSeconds } from "../fleet/fleet.ts";
import type { CallEnd } from "../load/call-end.ts";
import { startSteadyLoad } from "../load/steady-load.ts";
import { startProxy, type Proxy } from "../proxy/proxy.ts";
import { openRowLog, type RowLog } from "../report/row-log.ts";
import type { RowOptions } from "../row.ts";
import type { RowOutcome } from "../rows.ts";
import { openSingle, type SingleWorld } from "../world/single.ts";
import type { CallerFault } from "./caller-fault.ts";
import { CallerStage } from "./caller-stage.ts";

/** What callers saw of a fault; times are in milliseconds. */
export interface CallerRowResult extends RowOutcome {
  readonly title: string;
  /** Of etcd; empty when it did not start. */
  readonly etcdVersion: string;
  readonly calls: number;
  /** Of methods that may be tried again. */
  readonly failedRepeatable: number;
  readonly failedOthers: number;
  readonly p99: CallerStage["p99"];
  readonly goodput: CallerStage["goodput"];
  readonly backAfterMs: number | undefined;
}

export interface CallerRowOptions extends RowOptions {
  /** Fewer calls, for as long; and only what becomes of them is held against bounds, not how long they take. */
  readonly light: boolean;
}

const calleeCount = 3;
const lightPart = 0.25;
/** Until connections are open, code is compiled, and it is known how long calls take. */
const warmUpSeconds = 4;
const beforeSeconds = 4;
const limitSeconds = 120;
const nothing = { before: Number.NaN, during: Number.NaN, after: Number.NaN };

/** Plays one fault on three instances of its own. What goes wrong is in the result. */
export async function runCallerRow(
  fault: CallerFault,
  { folder, signal, light }: CallerRowOptions,
): Promise<CallerRowResult> {
  const startedAt = performance.now();
  await using log = await openRowLog(folder, fault.name);
  const limit = AbortSignal.timeout(limitSeconds * 1000);
  let stage: CallerStage | undefined;
  let etcdVersion = "";
  const violations: string[] = [];
  try {
    await using world = await openSingle({ onLine: (line) => log.write("etcd", line), signal });
    etcdVersion = world.version;
    const playing = { world, log, light, signal: AbortSignal.any([signal, limit]) };
    await play(fault, playing, (opened) => (stage = opened));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    log.write("-", error instanceof Error ? (error.stack ?? words) : words);
    violations.push(
      signal.aborted ? "ended before its time" : limit.aborted ? `not done within ${limitSeconds} s` : words,
    );
  }
  violations.push(...(stage?.violations ?? []));
  for (const violation of violations) log.write("-", `VIOLATION: ${violation}`);
  const calls = stage?.calls ?? [];
  const failed = calls.filter(({ failure }) => failure !== undefined);
  return {
    name: fault.name,
    title: fault.title,
    etcdVersion,
    calls: calls.length,
    failedRepeatable: failed.filter(({ repeatable }) => repeatable).length,
    failedOthers: failed.filter(({ repeatable }) => !repeatable).length,
    p99: stage?.p99 ?? nothing,
    goodput: stage?.goodput,
    backAfterMs: stage?.backAfterMs,
    remarks: [],
    violations,
    tookMs: performance.now() - startedAt,
    logFile: log.file,
    lastLines: log.lastLines,
  };
}

interface Playing {
  readonly world: SingleWorld;
  readonly log: RowLog;
  readonly light: boolean;
  readonly signal: AbortSignal;
}

async function play(
  fault: CallerFault,
  { world, log, light, signal }: Playing,
  onStage: (stage: CallerStage) => void,
): Promise<void> {
  await using opened = new AsyncDisposableStack();
  let proxy: Proxy | undefined;
  const starting = Array.from({ length: calleeCount }, async (_, i) => {
    const port = await freePort();
    if (i === 0 && fault.proxied === true) proxy = opened.use(await startProxy({ target: port }));
    const advertised = `127.0.0.1:${i === 0 ? (proxy?.port ?? port) : port}`;
    const plan = { endpoints: [...world.endpoints], id: `c${i + 1}`, port, advertised, ttlSeconds, work: fault.work };
    return opened.use(await startCallee({ plan, onLine: (line) => log.write("callee", line), signal }));
  });
  const callees = await Promise.all(starting);
  const registry = opened.use(
    openRegistry(
      { ETCD_ENDPOINTS: world.endpoints, LEASE_TTL_SECONDS: ttlSeconds, BANYAN_ENV: "development" },
      { log: log.of("caller") },
    ),
  );
  const transport = opened.use(balancedTransport(registry.watch(service), { name: service }));
  const calls: CallEnd[] = [];
  const onEnd = (end: CallEnd): void => {
    calls.push(end);
    logFailure(end, log);
  };
  const load = opened.use(
    startSteadyLoad({ deeds: allDeeds(transport), rate: light ? fault.rate * lightPart : fault.rate, onEnd }),
  );
  await sleep(warmUpSeconds * 1000, undefined, { signal });
  const stage = new CallerStage({ callees, proxy, load, calls, holdsTimes: !light, log, signal });
  onStage(stage);
  await stage.pause(beforeSeconds);
  await fault.strike(stage);
}

function logFailure({ method, tookMs, failure }: CallEnd, log: RowLog): void {
  if (failure === undefined) return;
  log.write("caller", `${method} failed after ${Math.round(tookMs)} ms: ${failure.code}, ${failure.message}`);
}
