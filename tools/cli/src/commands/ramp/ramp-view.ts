import type { HistoryEntry, RampFigures } from "@banyan/strangler";
import { formatDuration } from "../../duration.ts";
import { redraw } from "../../redraw.ts";
import { formatTable, printable } from "../../table.ts";
import type { Screen } from "../../terminal.ts";
import { entryText } from "../../traffic/entry-text.ts";
import { integerText, partText, secondText } from "../../traffic/numbers.ts";

/** Shows how a ramp goes. */
export interface RampView {
  entry(entry: HistoryEntry): void;
  figures(figures: RampFigures, waitingFor: readonly string[]): void;
  warning(text: string): void;
}

/** Lines, where nobody looks on: one for all that is done, and one now and then for how it stands. */
const lineEveryMs = 10_000;

export function rampView(screen: Screen, service: string): RampView {
  return screen.isTTY === true ? drawnView(screen, service) : printedView(screen, service);
}

function printedView(screen: Screen, service: string): RampView {
  const print = (text: string): void => void screen.write(`${secondText(new Date())} ${service} ${printable(text)}\n`);
  let printedAt = performance.now();
  return {
    entry(entry) {
      printedAt = performance.now();
      print(entryText(entry));
    },
    figures(figures, waitingFor) {
      if (performance.now() - printedAt < lineEveryMs) return;
      printedAt = performance.now();
      print(figuresText(figures, waitingFor));
    },
    warning: (text) => print(`warning: ${text}`),
  };
}

/** What was done stays, and below it is how it stands. */
function drawnView(screen: Screen, service: string): RampView {
  const draw = redraw(screen);
  const done: string[] = [];
  let standing: readonly string[] = [];
  const show = (): void => draw([...done, "", ...standing]);
  return {
    entry(entry) {
      done.push(`${entry.at.slice(11, 19)} ${printable(entryText(entry))}`);
      standing = [];
      show();
    },
    figures(figures, waitingFor) {
      standing = [
        `${service} at ${figures.percent} % for ${formatDuration(figures.seconds * 1000)}, ${figures.instances} splits report`,
        ...figuresTable(figures),
        `waiting for ${waitingFor.join(", ")}`,
      ];
      show();
    },
    warning(text) {
      done.push(`warning: ${printable(text)}`);
      show();
    },
  };
}

function figuresText(figures: RampFigures, waitingFor: readonly string[]): string {
  const { percent, candidate, legacy, compared } = figures;
  const sides = `candidate ${sideText(candidate)}, legacy ${sideText(legacy)}`;
  return `at ${percent} %: ${sides}, ${differing(compared)}; waiting for ${waitingFor.join(", ")}`;
}

function sideText({ calls, failures }: RampFigures["legacy"]): string {
  return `${integerText(calls)} calls, ${partText(failures, calls)} failed`;
}

function figuresTable({ legacy, candidate, slow, boundMs, compared }: RampFigures): string[] {
  const of = (title: string, side: RampFigures["legacy"], late: RampFigures["slow"]["legacy"]): string[] => [
    title,
    integerText(side.calls),
    partText(side.failures, side.calls),
    boundMs === undefined ? "–" : partText(late.hits, late.calls),
  ];
  const bound = boundMs === undefined || boundMs === Infinity ? "slow" : `over ${boundMs} ms`;
  return [
    ...formatTable([
      ["", "calls", "failed", bound],
      of("legacy", legacy, slow.legacy),
      of("candidate", candidate, slow.candidate),
    ]),
    differing(compared),
  ];
}

function differing({ calls, hits }: RampFigures["compared"]): string {
  return `${partText(hits, calls)} of ${integerText(calls)} compared answers differ`;
}
