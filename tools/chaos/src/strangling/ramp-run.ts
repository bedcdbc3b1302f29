import { setTimeout as sleep } from "node:timers/promises";
import { startEtcd, startPostgres } from "@banyan/dev";
import { openRegistry } from "@banyan/registry";
import { http2Transport } from "@banyan/rpc";
import { createTrafficStore, type TrafficStore } from "@banyan/strangler";
import { UserService } from "@banyan/stubs-user";
import { createLogger } from "@banyan/telemetry";
import { createClient } from "@connectrpc/connect";
import type { CallEnd } from "../load/call-end.ts";
import { startSteadyLoad } from "../load/steady-load.ts";
import { startApp, startBanyan } from "./app-process.ts";
import { candidateFaults, titleOf, type CandidateFault } from "./candidate-faults.ts";
import { openFaultyService, type FaultyService } from "./faulty-service.ts";
import { settlePeople } from "./people.ts";

export interface RampRow {
  readonly fault: CandidateFault;
  /** Whether it is there from the first call on, or comes when the candidate has half of the reads. */
  readonly when: "from the beginning" | "at 50 %";
}

export interface RampResult extends RampRow {
  /** The candidate's share of the reads when it lost them; undefined when it did not. */
  readonly percent: number | undefined;
  /** From the first call that could be struck to the rule of 0 %. */
  readonly rolledBackAfterMs: number | undefined;
  /** What the ramp has said, or where the rule was in the end. */
  readonly reason: string;
  /** Of all callers in that time. */
  readonly calls: number;
  /** Of these, answered with an error, or with a name that is not the user's. */
  readonly failed: number;
  readonly wrong: number;
  /** The codes of those that failed, with how often. */
  readonly failures: readonly string[];
  /** Calls that the candidate has spoilt: of callers, and mirrored ones, of which no caller has seen anything. */
  readonly struck: number;
  readonly struckMirrored: number;
}

export interface RampRunOptions {
  readonly rows: readonly RampRow[];
  /** Calls a second. */
  readonly rate: number;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** How long the two sides are called as they are before the ramp. */
const warmUpMs = 10_000;
/** How long half of the reads are answered by a good candidate before the ramp, and then again before it turns bad. */
const goodMs = 10_000;
const boundMs = 900_000;
/**
 * A good candidate may take longer than the legacy, which has its users in memory: 200 ms of waiting, and what a machine that
 * has other things to do adds at times.
 */
const lenience = ["--slower-by-ms", "400"];
const people = 200;
const log = createLogger("strangling", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });

/** Plays each row on one monolith and one service, one after the other, under a load that does not end. */
export async function runRamps({ rows, rate, signal, onProgress }: RampRunOptions): Promise<readonly RampResult[]> {
  onProgress("bringing up etcd, PostgreSQL, the monolith and the user service");
  await using etcd = await startEtcd({ signal });
  await using elsewhere = await startEtcd({ signal }); // where the real service is listed, and nobody looks
  await using postgres = await startPostgres();
  const urls = {
    monolith: await postgres.createDatabase("monolith"),
    "user-service": await postgres.createDatabase("user"),
  };
  const known = await settlePeople(urls, people);
  const env = { DATABASE_URL: urls["user-service"], ETCD_ENDPOINTS: elsewhere.endpoint };
  await using service = await startApp("user-service", env, signal);
  await using faulty = await openFaultyService(etcd.endpoint, service.address);
  await using monolith = await startApp(
    "monolith",
    { DATABASE_URL: urls.monolith, ETCD_ENDPOINTS: etcd.endpoint },
    signal,
  );
  await using registry = openRegistry({ ETCD_ENDPOINTS: [etcd.endpoint], BANYAN_ENV: "development" }, { log });
  await using store = createTrafficStore(registry.etcd);

  await using door = http2Transport(monolith.address);
  const users = createClient(UserService, door);
  const ends: CallEnd[] = [];
  const getUser = async (): Promise<void> => {
    const person = known[Math.floor(Math.random() * known.length)];
    if (person === undefined) throw new Error("somebody lives here");
    const { name } = await users.getUser({ userId: person.id });
    if (name !== person.name) throw new Error(wrongName);
  };
  const deeds = [{ method: "GetUser", repeatable: true, share: 1, call: getUser }];
  await using _load = startSteadyLoad({ deeds, rate, onEnd: (end) => ends.push(end) });
  await sleep(warmUpMs, undefined, { signal });

  const results: RampResult[] = [];
  for (const row of rows) {
    const result = await playRow(row, { store, faulty, ends, endpoint: etcd.endpoint, signal });
    onProgress(`${titleOf(row.fault)}, ${row.when}: ${result.reason}`);
    if (result.failed > 0) onProgress(`  ${result.failed} calls failed: ${result.failures.join(", ")}`);
    results.push(result);
  }
  return results;
}

const wrongName = "another one's name";

interface Stage {
  readonly store: TrafficStore;
  readonly faulty: FaultyService;
  readonly ends: readonly CallEnd[];
  readonly endpoint: string;
  readonly signal: AbortSignal;
}

async function playRow(row: RampRow, { store, faulty, ends, endpoint, signal }: Stage): Promise<RampResult> {
  const { fault, when } = row;
  const bound = AbortSignal.any([signal, AbortSignal.timeout(boundMs)]);
  const isLate = when === "at 50 %";
  faulty.become(isLate ? candidateFaults.none : fault);
  const before = { ...faulty.struck };
  const args = isLate ? ["--steps", "50", "--min-seconds", "3600", "--max-seconds", "3600"] : [];
  if (isLate) {
    // A candidate that comes to half of the reads without the steps before is cold.
    await (
      await startBanyan(["traffic", "user", "--percent", "50"], endpoint)
    ).ended;
    await sleep(goodMs, undefined, { signal: bound });
  }
  const to = ["--to", isLate ? "50" : "100", ...lenience];
  const ramp = await startBanyan(["ramp", "user", ...to, ...args], endpoint);
  try {
    await reached(store, (percent) => percent > 0, bound);
    if (isLate) {
      await sleep(goodMs, undefined, { signal: bound });
      if ((await store.read("user"))?.rule.percent === 0) return notPlayed(row);
      faulty.become(fault);
    }
    const struckAt = performance.now();
    const end = await Promise.race([
      reached(store, (percent) => percent === 0, bound).then(() => performance.now()),
      ramp.ended.then(() => undefined),
    ]);
    const endedAt = end ?? performance.now();
    const struck = { ...faulty.struck };
    await ramp.ended;
    const last = (await store.listHistory("user")).at(-1);
    const within = ends.filter(({ startedAt }) => startedAt >= struckAt && startedAt < endedAt);
    const failures = within.flatMap(({ failure }) => failure ?? []);
    const wrong = failures.filter(({ message }) => message === wrongName).length;
    const isRolledBack = last?.what === "rollback";
    const percent = last?.facts["percentBefore"];
    return {
      ...row,
      percent: isRolledBack && typeof percent === "number" ? percent : undefined,
      rolledBackAfterMs: isRolledBack ? endedAt - struckAt : undefined,
      reason: `${last?.what}: ${last?.reason}`,
      calls: within.length,
      failed: failures.length - wrong,
      wrong,
      failures: [...Map.groupBy(failures, ({ code }) => code)].map(([code, each]) => `${each.length} ${code}`),
      struck: struck.calls - before.calls,
      struckMirrored: struck.mirrored - before.mirrored,
    };
  } finally {
    await ramp.stop();
    faulty.become(candidateFaults.none);
    const back = await startBanyan(["traffic", "user", "--percent", "0", "--mirror", "0"], endpoint);
    await back.ended;
  }
}

/** A good candidate has not lasted until it was to turn bad. */
function notPlayed(row: RampRow): RampResult {
  const none = { calls: 0, failed: 0, wrong: 0, failures: [], struck: 0, struckMirrored: 0 };
  return { ...row, ...none, percent: undefined, rolledBackAfterMs: undefined, reason: "rolled back before the fault" };
}

/** Resolves when the candidate's share of the reads is as wished for. */
async function reached(
  store: TrafficStore,
  isWished: (percent: number) => boolean,
  signal: AbortSignal,
): Promise<void> {
  using done = new Ending();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (): void => reject(signal.reason);
  signal.addEventListener("abort", fail, { once: true });
  store.watch(
    "user",
    (news) => {
      if (news.tag !== "rule" || news.stored === undefined) return;
      const { mode, percent } = news.stored.rule;
      if (isWished(mode === "split" ? percent : 0)) resolve();
    },
    done.signal,
  );
  await promise.finally(() => signal.removeEventListener("abort", fail));
}

class Ending extends AbortController implements Disposable {
  [Symbol.dispose](): void {
    this.abort();
  }
}
