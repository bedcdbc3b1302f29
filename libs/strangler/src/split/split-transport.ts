import type { Metrics } from "@banyan/telemetry";
import type { Transport } from "@connectrpc/connect";
import { tellingAll } from "../report/traffic-events.ts";
import { countingEvents, trafficFamilies } from "../report/traffic-metrics.ts";
import { maxReportedFields, type TrafficReport } from "../report/traffic-report.ts";
import { TrafficTally } from "../report/traffic-tally.ts";
import type { RuleSource } from "../rule/rule-source.ts";
import { Mirror } from "../shadow/mirror.ts";
import type { TrafficLog } from "../traffic-log.ts";
import { CandidateGuard } from "./candidate-guard.ts";
import { isRead } from "./decide.ts";
import { ReadPath } from "./read-path.ts";
import { StickyKeys } from "./sticky-keys.ts";
import { readStream } from "./stream-read.ts";
import { readUnary } from "./unary-read.ts";
import { WriteGate } from "./write-gate.ts";
import { WritePath } from "./write-path.ts";

export interface SplitOptions {
  /** The service that is split, as in `user`: the one whose rule it is. Errors, reports and metrics name it. */
  readonly name: string;
  /** Told when the guard opens and closes, and of what a rule names in vain. Default: nobody is. */
  readonly log?: TrafficLog;
  /** Counts as `banyan_traffic_…`. Default: nobody does. */
  readonly metrics?: Pick<Metrics, "counter" | "observe">;
  /** In [0, 1), for calls without a key and for samples. Default `Math.random`. */
  readonly random?: () => number;
}

/** A transport that asks one of two, and tells what came of it. */
export interface SplitTransport extends Transport, AsyncDisposable {
  /** How it stands, and what was counted since the rule took effect. @param instance tells this process from others */
  report(instance: string): TrafficReport;
}

/**
 * Calls of one service, each made of the legacy or of the candidate, as the traffic rule says at that moment; the README has
 * the table of modes.
 *
 * **Reads**, methods that declare NO_SIDE_EFFECTS, are split by percentage, and mirrored to the other side. One on which the
 * candidate fails is asked of the legacy within a budget; a candidate that fails too often gets none for a while.
 *
 * **Writes** go to their one owner with the header `x-banyan-write-epoch`. While the rule pauses them they wait, and are
 * UNAVAILABLE with google.rpc.RetryInfo when they have waited for too long. They are never asked of the other side.
 *
 * Disposal ends the mirrored calls and turns away the writes that wait. The transports and the rule are not disposed with it.
 *
 * @param rule {@link watchTraffic}, or {@link fixedRule}
 */
export function splitTransport(
  legacy: Transport,
  candidate: Transport,
  rule: RuleSource,
  { name, log, metrics, random = Math.random }: SplitOptions,
): SplitTransport {
  const sides = { legacy, candidate };
  const tally = new TrafficTally();
  const events = metrics === undefined ? tally : tellingAll([tally, countingEvents(metrics, name)]);
  const guard = new CandidateGuard((state) => {
    const level = state === "open" ? "warn" : "info";
    log?.[level]({ callee: name, state }, "the guard of the candidate has changed");
  });
  const mirror = new Mirror({ sides, events, random, log });
  const gate = new WriteGate(name, rule);
  const reads = new ReadPath({ keys: new StickyKeys(name, log), guard, events, random });
  const writes = new WritePath({ sides, gate, source: rule, events });
  const unsubscribe = rule.subscribe(() => tally.clear());

  const report = (instance: string): TrafficReport => ({
    service: name,
    instance,
    at: new Date().toISOString(),
    rule: ruleReport(rule),
    guard: guard.state,
    writes: gate.status(),
    ...tally.snapshot(),
    noise: mirror.noise.fields().slice(0, maxReportedFields),
  });
  const status = () => ({ rule: ruleReport(rule), guard: guard.state, writes: gate.status() });
  const unobserve = metrics?.observe(...trafficFamilies(name, status));

  return {
    unary(method, signal, timeoutMs, header, input, contextValues) {
      const { rule: current } = rule.current;
      if (!isRead(method)) return writes.unary({ method, signal, timeoutMs, header, input, contextValues });
      if (current.mode === "off") return legacy.unary(method, signal, timeoutMs, header, input, contextValues);
      if (current.mode === "all") return candidate.unary(method, signal, timeoutMs, header, input, contextValues);
      const call = { method, signal, timeoutMs, header, input, contextValues };
      return readUnary({ sides, reads, mirror }, current, call);
    },

    stream(method, signal, timeoutMs, header, input, contextValues) {
      const { rule: current } = rule.current;
      if (!isRead(method)) return writes.stream({ method, signal, timeoutMs, header, input, contextValues });
      if (current.mode === "off") return legacy.stream(method, signal, timeoutMs, header, input, contextValues);
      if (current.mode === "all") return candidate.stream(method, signal, timeoutMs, header, input, contextValues);
      return readStream({ sides, reads }, current, { method, signal, timeoutMs, header, input, contextValues });
    },

    report,

    async [Symbol.asyncDispose]() {
      unsubscribe();
      unobserve?.();
      gate[Symbol.dispose]();
      await mirror[Symbol.asyncDispose]();
    },
  };
}

function ruleReport({ current: { rule, revision, since } }: RuleSource): TrafficReport["rule"] {
  return {
    revision: revision === undefined ? null : String(revision),
    since: new Date(Date.now() - (performance.now() - since)).toISOString(),
    mode: rule.mode,
    percent: rule.percent,
  };
}
