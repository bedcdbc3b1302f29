import { chainCase } from "../cases.ts";
import { renderChart, type Panel } from "./chart.ts";
import type { CaseOutcome, Outcome, Side } from "./outcome.ts";
import { entryNamed, summaryOf } from "./summary.ts";

const sideWords: Readonly<Record<Side, string>> = { server: "server", pair: "client and server" };

/**
 * Panels of what was measured, the fastest first.
 *
 * @param baseName whom the factors speak of
 */
export function drawOutcome(outcome: Outcome, baseName: string): string {
  const panels = outcome.cases.flatMap((one) => [panelOf(one, "server", baseName), panelOf(one, "pair", baseName)]);
  const where = outcome.conditions.slice(0, 2).join("; ");
  const how = `one core for the server, one for the load; medians; x: to ${baseName}`;
  const foot = `${how}; ${outcome.at.slice(0, 10)}; ${where}`;
  return renderChart(
    "Calls per second, by transport",
    panels.filter(({ bars }) => bars.length > 0),
    foot,
  );
}

function panelOf(outcome: CaseOutcome, side: Side, baseName: string): Panel {
  const base = entryNamed(outcome, baseName, side);
  const bars = outcome.entries
    .filter((entry) => entry.side === side)
    .flatMap((entry) => {
      const summary = summaryOf(entry, base);
      if (summary === undefined) return [];
      const note = summary.ratio === undefined ? "" : `${summary.ratio.toFixed(1)} x`;
      return [{ words: entry.words, value: summary.perSecond, note, isOurs: entry.name.startsWith("banyan") }];
    });
  // The links of the chain speak in their order.
  if (outcome.case !== chainCase) bars.sort((a, b) => b.value - a.value);
  return { title: outcome.case.words, subtitle: `${sideWords[side]}, ${outcome.case.unit}/s`, bars };
}
