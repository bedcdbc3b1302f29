import type { Fault } from "./fault.ts";
import { startCallers, type Callers } from "./fleet/callers.ts";
import { Fleet } from "./fleet/fleet.ts";
import { Sampler } from "./measure/sampler.ts";
import { measureTurns } from "./measure/turns.ts";
import { openRowLog, type RowLog } from "./report/row-log.ts";
import type { RowOutcome } from "./rows.ts";
import { Stage } from "./stage.ts";
import { openCluster } from "./world/cluster.ts";
import { openSingle } from "./world/single.ts";
import type { World } from "./world/world.ts";

/** What was measured while a fault struck; times are in milliseconds. */
export interface RowResult extends RowOutcome {
  readonly title: string;
  readonly world: "single" | "cluster";
  /** Of etcd; empty when it did not start. */
  readonly etcdVersion: string;
  /** From when etcd could be reached until everybody was announced and known; undefined when that never came. */
  readonly backAfterMs: number | undefined;
  readonly oldestAgeMs: number;
  readonly picks: number;
  readonly wrongPicks: number;
  /** Made over the lists, all of methods that may be tried again. */
  readonly calls: number;
  readonly failedCalls: number;
  readonly goneListedMs: number;
  readonly goneListedReachablyMs: number;
  readonly longestTurnMs: number;
  readonly longestDelayMs: number;
}

export interface RowOptions {
  /** Where the logs go. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

const usualLimitSeconds = 180;

/** Plays one fault on an etcd of its own. What goes wrong is in the result. */
export async function runRow(fault: Fault, { folder, signal }: RowOptions): Promise<RowResult> {
  const startedAt = performance.now();
  await using log = await openRowLog(folder, fault.name);
  using turns = measureTurns();
  const { limitSeconds = usualLimitSeconds } = fault;
  const limit = AbortSignal.timeout(limitSeconds * 1000);
  const row = new Row(fault, log, AbortSignal.any([signal, limit]));
  const violations: string[] = [];
  try {
    await row.play();
  } catch (error) {
    log.write("-", error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (signal.aborted) violations.push("ended before its time");
    else if (limit.aborted) violations.push(`not done within ${limitSeconds} s`);
    else violations.push(error instanceof Error ? error.message : String(error));
  }
  const { stage, sampler, callers } = row;
  violations.push(...(stage?.violations ?? []), ...(sampler?.violations ?? []));
  const empty = sampler?.emptyPicks ?? 0;
  if (empty > 0) violations.push(`${empty} times there was nobody on a list to pick`);
  violations.push(...(callers?.failures ?? []).map((words) => `a call failed: ${words}`));
  const { longestTurnMs, longestDelayMs } = turns;
  if (longestTurnMs > fault.bounds.turn * 1000) {
    violations.push(`the event loop was blocked for ${Math.round(longestTurnMs)} ms (bound: ${fault.bounds.turn} s)`);
  }
  for (const violation of violations) log.write("-", `VIOLATION: ${violation}`);
  return {
    name: fault.name,
    title: fault.title,
    world: fault.world,
    etcdVersion: row.etcdVersion,
    backAfterMs: stage?.backAfterMs,
    oldestAgeMs: sampler?.oldestAgeMs ?? 0,
    picks: sampler?.picks ?? 0,
    wrongPicks: sampler?.wrongPicks ?? 0,
    calls: callers?.calls ?? 0,
    failedCalls: callers?.failed ?? 0,
    goneListedMs: sampler?.goneListedMs ?? 0,
    goneListedReachablyMs: sampler?.goneListedReachablyMs ?? 0,
    longestTurnMs,
    longestDelayMs,
    remarks: stage?.remarks ?? [],
    violations,
    tookMs: performance.now() - startedAt,
    logFile: log.file,
    lastLines: log.lastLines,
  };
}

/** A fault that is being played, and what is known of it whether it ends well or not. */
class Row {
  stage: Pick<Stage<World>, "backAfterMs" | "violations" | "remarks"> | undefined;
  sampler: Sampler | undefined;
  callers: Callers | undefined;
  etcdVersion = "";
  readonly #fault: Fault;
  readonly #log: RowLog;
  readonly #signal: AbortSignal;

  constructor(fault: Fault, log: RowLog, signal: AbortSignal) {
    this.#fault = fault;
    this.#log = log;
    this.#signal = signal;
  }

  async play(): Promise<void> {
    const fault = this.#fault;
    const onLine = (line: string): void => this.#log.write("etcd", line);
    const options = { ...(fault.flags && { flags: fault.flags }), onLine, signal: this.#signal };
    if (fault.world === "single") {
      await using world = await openSingle(options);
      await this.#on(world, (stage) => fault.strike(stage));
    } else {
      await using world = await openCluster(options);
      await this.#on(world, (stage) => fault.strike(stage));
    }
  }

  async #on<W extends World>(world: W, strike: (stage: Stage<W>) => Promise<void>): Promise<void> {
    const { bounds, credentials } = this.#fault;
    this.etcdVersion = world.version;
    if (credentials !== undefined) {
      await world.operator.enableAuth(credentials);
      world.credentials = credentials;
    }
    await using fleet = new Fleet(world, this.#log);
    const stage = new Stage<W>({ world, fleet, bounds, log: this.#log, signal: this.#signal });
    this.stage = stage;
    await fleet.assemble();
    await stage.assembled();
    await using callers = startCallers(fleet.watching, this.#log);
    this.callers = callers;
    using sampler = new Sampler(fleet.watching, fleet.truth, bounds);
    this.sampler = sampler;
    await strike(stage);
  }
}
