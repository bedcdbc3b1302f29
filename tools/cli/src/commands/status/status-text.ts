import { fleetCounts, type SideCounts, type TrafficReport, type TrafficRule } from "@banyan/strangler";
import { formatDuration } from "../../duration.ts";
import { formatTable, printable } from "../../table.ts";
import { integerText, partText, percentText, quantileText } from "../../traffic/numbers.ts";
import { warningsOf, type ServiceStatus } from "./service-status.ts";

/** So many fields are named in which answers differ. */
const maxFields = 5;

/** The traffic of one service, in lines. */
export function statusText(status: ServiceStatus, now: Date): string[] {
  const { service, reports } = status;
  return [
    `${service}: ${ruleText(status)}`,
    ...writesText(status),
    ...countsText(reports),
    ...reportsText(reports, now),
    ...warningsOf(status).map((warning) => printable(`warning: ${warning}`)),
  ];
}

function ruleText({ stored }: ServiceStatus): string {
  if (stored === undefined) return "no rule, all is the legacy's";
  if ("malformed" in stored) return "a rule that cannot be read";
  const { rule, revision } = stored;
  const mirrored = rule.shadow.percent > 0 && rule.mode !== "all" && rule.mode !== "off";
  return `${modeText(rule)}${mirrored ? `, ${percentText(rule.shadow.percent)} mirrored` : ""}; revision ${revision}`;
}

function modeText({ mode, percent, methods }: TrafficRule): string {
  const own = Object.entries(methods).flatMap(([name, method]) =>
    method.percent === undefined ? [] : [`${name} ${percentText(method.percent)}`],
  );
  switch (mode) {
    case "off":
      return "off, all reads are the legacy's";
    case "shadow":
      return "shadow, all reads are the legacy's";
    case "split":
      return `split, ${[`${percentText(percent)} of the reads are the candidate's`, ...own].join(", ")}`;
    case "all":
      return "all reads are the candidate's";
    default:
      return mode satisfies never;
  }
}

function writesText({ stored, reports }: ServiceStatus): string[] {
  if (stored === undefined || "malformed" in stored) return [];
  const { owner, epoch, pause } = stored.rule.writes;
  const waiting = reports.reduce((sum, { writes }) => sum + writes.waiting, 0);
  const paused = pause === undefined ? "" : `, paused: ${integerText(waiting)} callers wait`;
  return [`writes are the ${owner}'s, epoch ${epoch}${paused}`];
}

function countsText(reports: readonly TrafficReport[]): string[] {
  const { legacy, candidate, events } = fleetCounts(reports);
  if (legacy.calls + candidate.calls === 0) return [];
  const row = (title: string, side: SideCounts): string[] => [
    title,
    integerText(side.calls),
    partText(side.failures, side.calls),
    quantileText(side, 0.5),
    quantileText(side, 0.99),
  ];
  const told = [
    ["fallbacks", "asked of the legacy after all"],
    ["guarded", "kept from the candidate by a guard"],
    ["readMisses", "asked of the owner of the writes after all"],
  ] as const;
  const { compared = 0, mismatched = 0 } = events;
  const seconds = told.flatMap(([event, text]) => (events[event] ? [`${integerText(events[event])} ${text}`] : []));
  return [
    "",
    ...formatTable([
      ["reads under this rule", "calls", "failed", "p50", "p99"],
      row("legacy", legacy),
      row("candidate", candidate),
    ]),
    ...(compared > 0 ? [`${partText(mismatched, compared)} of ${integerText(compared)} compared answers differ`] : []),
    ...mismatchLines(reports),
    ...seconds,
  ];
}

function mismatchLines(reports: readonly TrafficReport[]): string[] {
  const fields = new Map<string, { count: number; sample: string }>();
  for (const { method, path, count, samples } of reports.flatMap(({ mismatches }) => mismatches)) {
    const field = `${method}/${path}`;
    const [last] = samples.slice(-1);
    const sample = last === undefined ? "" : `: ${last.legacy} on the legacy, ${last.candidate} on the candidate`;
    const known = fields.get(field);
    fields.set(field, { count: count + (known?.count ?? 0), sample: sample === "" ? (known?.sample ?? "") : sample });
  }
  const most = [...fields].toSorted(([, left], [, right]) => right.count - left.count).slice(0, maxFields);
  return most.map(([field, { count, sample }]) => printable(`  ${field} ${integerText(count)} times${sample}`));
}

function reportsText(reports: readonly TrafficReport[], now: Date): string[] {
  if (reports.length === 0) return [];
  return [
    "",
    ...formatTable([
      ["split in", "rule", "guard", "writes", "writes in flight", "last change"],
      ...reports.map(({ instance, rule, guard, writes, at }) => [
        instance,
        rule.revision ?? "none",
        guard,
        writes.owner,
        integerText(writes.inFlight),
        `${formatDuration(now.getTime() - Date.parse(at))} ago`,
      ]),
    ]),
  ];
}
