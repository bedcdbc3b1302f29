import type { Family, Metrics } from "@banyan/telemetry";
import type { TrafficReport } from "./traffic-report.ts";
import type { TrafficEvents } from "./traffic-events.ts";

/** Counts for Prometheus what becomes of the calls of one split. */
export function countingEvents(metrics: Pick<Metrics, "counter">, callee: string): TrafficEvents {
  const counter = (name: string, help: string, labels: readonly string[]) =>
    metrics.counter(`banyan_traffic_${name}_total`, help, ["callee", "method", ...labels]);
  const calls = counter("calls", "Calls that were answered for a caller, by side.", ["side", "code"]);
  const mirrored = counter("mirrored_calls", "Calls that were mirrored, by side: each is told for both.", [
    "side",
    "code",
  ]);
  const events = counter("events", "What has happened to calls on their way, by what.", ["event"]);
  const mismatches = counter("mismatches", "Mirrored calls whose answers differ in a field.", ["field"]);
  return {
    ended: (method, side, { code }) => calls.add(callee, method, side, code),
    mirrored: (method, side, { code }) => mirrored.add(callee, method, side, code),
    counted: (method, event) => events.add(callee, method, event),
    mismatched: (method, differences) => {
      for (const { path } of differences) mismatches.add(callee, method, path);
    },
  };
}

type SplitStatus = Pick<TrafficReport, "rule" | "guard" | "writes">;

/** How one split stands, for `metrics.observe`. */
export function trafficFamilies(callee: string, status: () => SplitStatus): readonly Family[] {
  const gauge = (name: string, help: string, value: (status: SplitStatus) => number): Family => ({
    name: `banyan_traffic_${name}`,
    help,
    type: "gauge",
    labels: ["callee"],
    read: () => [{ labels: { callee }, value: value(status()) }],
  });
  const state = (name: string, help: string, label: string, value: (status: SplitStatus) => string): Family => ({
    name: `banyan_traffic_${name}`,
    help,
    type: "gauge",
    labels: ["callee", label],
    read: () => [{ labels: { callee, [label]: value(status()) }, value: 1 }],
  });
  return [
    state("mode", "1 for the mode of the traffic rule.", "mode", ({ rule }) => rule.mode),
    gauge("percent", "The candidate's share of the reads, by the rule.", ({ rule }) => rule.percent),
    gauge("rule_revision", "At which revision of etcd the rule was written.", ({ rule }) =>
      Number(rule.revision ?? Number.NaN),
    ),
    state("guard_state", "1 for the state of the guard of the candidate.", "state", ({ guard }) => guard),
    state("writes_owner", "1 for the side that owns the writes.", "owner", ({ writes }) => writes.owner),
    gauge("write_epoch", "Under which epoch it owns them.", ({ writes }) => writes.epoch),
    gauge("writes_paused", "1 while writes are paused.", ({ writes }) => Number(writes.paused)),
    gauge("writes_in_flight", "Writes that have not ended.", ({ writes }) => writes.inFlight),
    gauge("writes_waiting", "Writes that wait for the end of a pause.", ({ writes }) => writes.waiting),
  ];
}
